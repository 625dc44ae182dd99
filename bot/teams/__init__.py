"""The Bot Framework SDK and Teams: here and nowhere else."""
