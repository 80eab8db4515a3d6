"""One proxy of many processes: `./run.sh serve --workers N`, for many cores.

Each worker is a whole proxy; the kernel hands the connections to one port out among them
(SO_REUSEPORT).  Whoever is asked how the proxy does answers for all: each leaves word of itself in
a folder that they share, once a second and when it is asked.

cli/workers.py   the supervisor: starts the workers, and starts those again that die
folder.py        the folder, and what a worker is told of its place in it
snapshot.py      what one worker leaves there
sums.py          what all of them have left, as one answer
not_shared.py    options of mitmproxy's that many processes cannot have
hooks/process/worker.py  what is different in a proxy that is a worker
"""
