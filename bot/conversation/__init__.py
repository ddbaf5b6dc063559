"""What all capabilities talk with: interaction, message, screen, phrases, who."""
