"""What does one request need until it may be signed?"""
