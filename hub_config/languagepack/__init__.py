"""Vietnamese for the few words of JupyterLab's that a learner may meet: dialogs, and what screen readers say.

JupyterLab finds this package by its entry point ``jupyterlab.languagepack`` and reads every JSON file of its folder.
Everything else that JupyterLab could say is not on the page (``labconfig/page_config.json``).
"""
