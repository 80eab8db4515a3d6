"""Slots: how many requests GigaChat is given at the same time, and the queue for them.

A credential has so many slots, however many processes and machines use it: each process borrows
slots from a store they share, hands them to its own requests, and gives back what it does not need.

queue.py         the slots of this process, and who waits for one
lender.py        what the process knows of the store, and how many slots it may use without it
store.py         what a store can do: sqlite_store.py in a file, redis_store.py in a server
"""
