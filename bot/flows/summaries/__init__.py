"""What a coach reads about a week: when it comes, what it says, and files to keep."""
