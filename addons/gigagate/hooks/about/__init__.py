"""What does the proxy say of itself?"""
