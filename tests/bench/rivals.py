def measure_rivals(*a):
    raise SystemExit
