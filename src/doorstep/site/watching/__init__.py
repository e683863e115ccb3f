"""What whoever runs the server looks at: is it well, how much does it do. Never anything of a person."""
