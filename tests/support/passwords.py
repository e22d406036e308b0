"""Passwords of the tests are hashed at once: to be slow is what argon2 is for, and a fifth of a second each time."""

from argon2 import PasswordHasher

from zero_work_market.people.accounts import service

service._HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
