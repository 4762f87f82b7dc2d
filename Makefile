# Needs Python 3.11, 3.12 or 3.13, make and a POSIX shell; everything else goes into .venv.
# Written for GNU make 3.81, the one macOS has.

VENV := .venv
# Python 3.12 first: the newest for which Apple's TensorFlow plugin exists.
PYTHONS := $(or $(PYTHON),python3.12 python3.11 python3.13 python3)
# Workers of the test suite: a number, or "auto" for one per core.
JOBS ?= auto

# A stamp in the environment says that its last installation ended well.
RUN_STAMP := $(VENV)/installed
DEV_STAMP := $(VENV)/installed-dev

export TF_CPP_MIN_LOG_LEVEL := 2
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help install demo test coverage docs clean broken
.NOTPARALLEL:

help:
	@echo "make demo    complete drawn faces, then train, test and export a small model (about 10 minutes)"
	@echo "make test    check the style and the types and run the tests"
	@echo "make install  install what running needs, and do nothing else"
	@echo "make coverage  run the tests and show which lines they reach (half as slow again)"
	@echo "make docs    build the documents as one site, build/site"
	@echo "make clean   remove .venv and whatever else make and the tests left (not logs/)"
	@echo
	@echo "The first of them installs what it needs into .venv. PYTHON=python3.11 chooses the Python."

install: $(RUN_STAMP)
	@echo "Installed. Activate it: . $(VENV)/bin/activate; then inpaint-tf lists what there is"

demo: $(RUN_STAMP)
	@$(VENV)/bin/python -m inpaint_tf demo

test: $(DEV_STAMP)
	@$(VENV)/bin/python -m ruff check .
	@$(VENV)/bin/python -m ruff format --check .
	@$(VENV)/bin/python -m mypy
	@$(VENV)/bin/python -m pytest -n $(JOBS)

coverage: $(DEV_STAMP)
	@$(VENV)/bin/python -m pytest -n $(JOBS) --cov --cov-report=term

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .ruff_cache .mypy_cache .coverage*
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# An environment whose Python has gone (an upgrade, a moved folder) is as good as none.
ifneq ($(wildcard $(VENV)),)
ifneq ($(shell $(VENV)/bin/python -c "print('runs')" 2>/dev/null),runs)
$(RUN_STAMP) $(DEV_STAMP): broken
endif
endif

$(RUN_STAMP): setup.py
	@$(MAKE_VENV)
	@$(call INSTALL,.) && touch $(RUN_STAMP)

$(DEV_STAMP): setup.py
	@$(MAKE_VENV)
	@$(call INSTALL,.[dev]) && touch $(RUN_STAMP) $(DEV_STAMP)

# Keeps a whole environment, so that a changed setup.py costs only what changed. One without a
# stamp was interrupted: pip takes half-written packages in it for installed ones, so it is remade.
define MAKE_VENV
if ls $(VENV)/installed* >/dev/null 2>&1 && $(VENV)/bin/python -c "" 2>/dev/null; then \
	exit 0; \
fi; \
$(FIND_PYTHON) \
echo "Making $(VENV) with $$python ($$($$python --version))"; \
rm -rf $(VENV) && $$python -m venv $(VENV)
endef

# The stamps go first: pip may be interrupted.
define INSTALL
rm -f $(RUN_STAMP) $(DEV_STAMP); \
echo "Installing TensorFlow and the rest into $(VENV): about 2.5 GB, some minutes, this once"; \
$(VENV)/bin/python -m pip install -qq -e '$(1)' || { \
	echo "error: the installation failed, see above; once that is mended (network? disk?)," \
		"the same command tries again" >&2; \
	exit 1; \
}
endef

# Sets $python to the first of PYTHONS that can make the environment; says what to do without one.
# A Python without ensurepip is Debian's or Ubuntu's before its -venv package is installed.
define FIND_PYTHON
python=; without_venv=; intel=; \
for candidate in $(PYTHONS); do \
	case $$($$candidate -c "$(PROBE)" 2>/dev/null) in \
	good) python=$$candidate; break ;; \
	intel) intel=$$candidate ;; \
	without_venv) without_venv=$$candidate ;; \
	esac; \
done; \
if [ -z "$$python" ]; then \
	if [ -n "$$without_venv" ]; then \
		package=$$($$without_venv -c "import sys; print('python3.%d-venv' % sys.version_info[1])"); \
		echo "error: $$without_venv cannot make an environment;" \
			"install its venv module: sudo apt install $$package" >&2; \
	elif [ -n "$$intel" ]; then \
		echo "error: $$intel is built for Intel Macs, for which TensorFlow has ended;" \
			"on an Apple silicon Mac install an arm64 Python 3.12" >&2; \
	else \
		echo "error: Python 3.11, 3.12 or 3.13 is needed (tried: $(PYTHONS));" \
			"install one, or name it: make PYTHON=/path/to/python3.12 ..." >&2; \
	fi; \
	exit 1; \
fi;
endef

PROBE := import sys, platform, importlib.util as u; \
	print('old or new' if not (3, 11) <= sys.version_info[:2] <= (3, 13) else \
	'intel' if (sys.platform, platform.machine()) == ('darwin', 'x86_64') else \
	'good' if u.find_spec('ensurepip') else 'without_venv')

# The documents as one site in build/site.
docs: $(RUN_STAMP)
	@$(VENV)/bin/python -m pip install -qq -e '.[docs]'
	@NO_MKDOCS_2_WARNING=1 $(VENV)/bin/python -m mkdocs build --strict --quiet
	@echo "Open build/site/index.html"
