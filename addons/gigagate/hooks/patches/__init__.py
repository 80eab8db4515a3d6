"""What is changed in mitmproxy itself?"""
