"""What runs on and beside JupyterHub: settings, sign-in, learner servers, the portal."""
