"""What a person or a machine may learn of the proxy's work.  No prompt and no key is in any of it.

finished.py      one finished request: what all the others are fed with
stats.py         sums by client and model; stats_store.py keeps them over restarts
metrics.py       the same for Prometheus, named as OpenTelemetry names them;
                 metrics_sum.py adds up what many processes tell
log_line.py      one line a request; json_lines.py when log.format is json
prompts.py       what was asked and answered, for those who set log.prompts
summary.py       state and statistics as text, for the command line
webhook.py       tells an admin of trouble
"""
