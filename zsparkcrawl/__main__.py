"""`python -m zsparkcrawl` is the command `zsparkcrawl`."""

from zsparkcrawl.cli import main

if __name__ == "__main__":
    main()
