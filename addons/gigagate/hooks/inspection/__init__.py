"""What do people see of a flow in mitmweb, the console and saved files?"""
