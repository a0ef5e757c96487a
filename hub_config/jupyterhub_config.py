"""JupyterHub reads this file: the settings of the home, then the operator's own additions.

Run as ``HOCVUSO_HOME=… python -m jupyterhub -f …/hub_config/jupyterhub_config.py``.
"""

import os

from hub_config.apply import apply_settings
from hub_config.settings import home_of, read_settings

c = get_config()  # type: ignore[name-defined]  # noqa: F821
_settings = read_settings(home_of(os.environ), os.environ)
apply_settings(c, _settings)
for _extra in sorted(_settings.extra_config_folder.glob("*.py")):
    load_subconfig(str(_extra))  # type: ignore[name-defined]  # noqa: F821
