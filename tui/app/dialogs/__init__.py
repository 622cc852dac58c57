"""What any screen may ask or show: a choice, a prompt, a review, a page."""
