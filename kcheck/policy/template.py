"""A rule file to begin with."""

TEMPLATE = """\
schema = 1
title = "What a config that passes is good for."
extends = ["livepatch"]

# What the kernels of this team have to have besides.
[[rule]]
id = "ikconfig-off"
severity = "warning"
ask = { all = ["IKCONFIG=y", "IKCONFIG_PROC=y"] }
# Where it applies; leave out what does not matter.
versions = ">=5.10"
arches = ["x86_64", "arm64", "s390"]
where = "PROC_FS"
reason = "Without /proc/config.gz nobody can tell how a kernel that runs was configured."
source = "init/Kconfig"
advice = "Set IKCONFIG and IKCONFIG_PROC."

# Another severity for a rule of what is extended.
# [[override]]
# rule = "livepatch-off"
# severity = "warning"

# A rule that need not hold, until a day.
# [[waive]]
# rule = "livepatch-off"
# reason = "Who asked for it, and why."
# until = 2030-12-31
"""
