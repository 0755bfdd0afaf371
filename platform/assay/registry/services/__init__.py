"""Changes to the registry. Each locks the model's row first, so that changes of one model take turns."""
