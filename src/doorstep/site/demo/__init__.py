"""A township that does not exist, to show and to measure with. Everything in it is made up, from a seed.

``generate`` gives its people's records as real submissions on the shipped packs' forms; ``making`` puts them into a
store through the one door. This is the one part of the program that knows the shipped programmes by name.
"""
