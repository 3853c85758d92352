# SPDX-License-Identifier: GPL-2.0-or-later
#
# kcheck in a kernel build, without a change to the kernel's Makefiles.  In the folder where make
# is called, be it the sources or the O= folder:
#
#	make -f …/kcheck.mk kcheck		check the .config, build nothing
#	make -f …/kcheck.mk KCHECK=1 bzImage	check it, then have the kernel's make build
#
# With the line `include …/kcheck.mk` in a file GNUmakefile there, which make takes before
# Makefile, both go without -f; without KCHECK=1 make then does what it always does.
#
# The kernel's make is what builds: this file hands all goals and variables over to it.  The check
# comes before it, and so before syncconfig drops lines of the .config.
#
# Variables, for the command line or the environment:
#	KCHECK_RULES	rule sets and files, separated by blanks; default: livepatch
#	KCHECK_FLAGS	more options for kcheck check, as the shell takes them
#	KCHECK_PROGRAM	default: kcheck

KCHECK_RULES ?= livepatch
KCHECK_PROGRAM ?= kcheck

# Goals that make a .config or need none: they are not held up, and those that make one go first.
kcheck-config := $(filter config %config %.config,$(MAKECMDGOALS))
kcheck-other := help %help clean mrproper distclean tags TAGS cscope gtags kernelversion \
	kernelrelease image_name outputmakefile %docs coccicheck
kcheck-goals := $(filter-out kcheck $(kcheck-config),$(MAKECMDGOALS))
kcheck-build := $(if $(MAKECMDGOALS),$(filter-out $(kcheck-other),$(kcheck-goals)),all)
kcheck-wanted := $(filter kcheck,$(MAKECMDGOALS))
ifneq ($(filter-out 0 n,$(KCHECK)),)
kcheck-wanted += $(kcheck-build)
endif

# As the kernel's Makefile has it: O counts from the command line alone, and before KBUILD_OUTPUT.
kcheck-objtree := $(KBUILD_OUTPUT)
ifeq ($(origin O),command line)
kcheck-objtree := $(O)
endif
# The O= folder has a link to the sources.
kcheck-srctree := $(if $(wildcard Kconfig),.,source)
KCONFIG_CONFIG ?= .config
kcheck-folder := $(if $(filter /%,$(KCONFIG_CONFIG)),,$(addsuffix /,$(kcheck-objtree)))
kcheck-file := $(kcheck-folder)$(KCONFIG_CONFIG)

# CC counts from the command line alone: the kernel's Makefile sets it, as make itself does.
kcheck-cc := $(if $(filter command override,$(origin CC)),$(CC))

# Without CROSS_COMPILE make takes this machine's compiler, for other architectures too, where
# their Makefile does not look for one; kcheck by itself always looks for one.
kcheck-arch-makefile := $(kcheck-srctree)/arch/$(patsubst parisc64,parisc,$(ARCH))/Makefile
kcheck-seeks := $(if $(ARCH),$(shell grep -ls cc-cross-prefix '$(kcheck-arch-makefile)'))
kcheck-no-prefix := $(if $(CROSS_COMPILE)$(kcheck-seeks),,--cross-compile=)

kcheck-quote = '$(subst ','\'',$(1))'
kcheck-option = $(if $(2),$(1)=$(call kcheck-quote,$(2)))

.DEFAULT_GOAL := all
.PHONY: $(or $(MAKECMDGOALS),all) kcheck-before kcheck-check kcheck-after

$(or $(MAKECMDGOALS),all): kcheck-after
	@:

kcheck-after: $(if $(kcheck-wanted),kcheck-check) $(if $(kcheck-config),kcheck-before)
ifneq ($(or $(kcheck-goals),$(if $(MAKECMDGOALS),,all)),)
	@$(MAKE) --no-print-directory -f Makefile $(kcheck-goals)
endif

kcheck-check: $(if $(kcheck-config),kcheck-before)
	@$(KCHECK_PROGRAM) check \
		$(foreach rules,$(KCHECK_RULES),--rules=$(call kcheck-quote,$(rules))) \
		--tree=$(call kcheck-quote,$(kcheck-srctree)) \
		$(call kcheck-option,--arch,$(ARCH)) $(call kcheck-option,--cc,$(kcheck-cc)) \
		$(call kcheck-option,--cross-compile,$(CROSS_COMPILE)) $(kcheck-no-prefix) \
		$(call kcheck-option,--llvm,$(LLVM)) \
		$(KCHECK_FLAGS) -- $(call kcheck-quote,$(kcheck-file))

kcheck-before:
	@$(MAKE) --no-print-directory -f Makefile $(kcheck-config)
