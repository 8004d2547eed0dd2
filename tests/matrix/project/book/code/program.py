def main() -> None:
    print("included")
