PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
# Everything is installed from a lock with hashes; an unlocked Prefect does not start.
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes

.DEFAULT_GOAL := help
.PHONY: help setup demo test torture check format fuzz bench score-simulation screenshots cockpit-torture schemas lock clean

help: ## この一覧を表示します
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

$(VENV)/.runtime: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 以上が必要です（今は " + sys.version.split()[0] + "）。")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	$(BIN)/python -m compileall -q flows tasks config plan_data
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	$(PIP) --requirement requirements-dev.lock
	@touch $@

setup: $(VENV)/.dev ## 開発に要るものをすべて .venv に入れます

demo: $(VENV)/.runtime ## 見本の受付フォルダで、令和8年11月24日と翌営業日の進捗監視を実行します
	$(BIN)/shinchoku demo --day 1
	$(BIN)/shinchoku demo --day 2

test: $(VENV)/.dev ## 試験をすべて実行します
	$(BIN)/python -m pytest

torture: $(VENV)/.dev ## 送信中の強制終了・競合・ディスクへの書込みを、長く試します（strace が要ります）
	$(BIN)/python tests/torture/torture.py

check: $(VENV)/.dev ## 書式・型・部屋の境目を調べます
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.dev ## 書式を直します
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

fuzz: $(VENV)/.dev ## 壊した表2,000件を、正しい表に混ぜて読みます（再現できる乱数）
	$(BIN)/python tests/support/fuzz_run.py

bench: $(VENV)/.dev ## 速さを、同じ機械の同じ回の比で測ります
	$(BIN)/python tests/bench/plain_run.py
	$(BIN)/python tests/bench/prefect_overhead.py
	$(BIN)/python tests/bench/reading.py
	$(BIN)/python tests/bench/alert_year.py
	$(BIN)/python tests/bench/cockpit.py
	$(BIN)/python tests/bench/judging.py

score-simulation: $(VENV)/.dev ## 模擬の1,000団体で、判定と早期の警告がどれだけ当たるかを測ります（10分ほど）
	$(BIN)/python tests/bench/departments_study.py

screenshots: $(VENV)/.dev ## 報告書と Prefect の画面を Chromium で撮ります（var/screenshots）
	$(BIN)/python tests/screenshots/take.py var/screenshots

cockpit-torture: $(VENV)/.dev ## コックピットの実行・実行係・サーバを、動作中に 20 回 kill -9 します
	$(BIN)/python tests/torture/cockpit.py 20
	$(BIN)/python tests/torture/cockpit_silence.py

schemas: $(VENV)/.dev ## YAML の JSON Schema と、新しい保存先の表を作り直します
	$(BIN)/python -m plan_data.schema
	$(BIN)/python -m plan_data.action_plan_schema
	$(BIN)/python -m config.json_schema
	$(BIN)/python -m tasks.store.fresh

lock: ## 版を選び直し、ハッシュつきの lock を書きます（uv が要ります）
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-emit-find-links --no-header --no-annotate --extra build --extra dev pyproject.toml --output-file requirements-dev.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-emit-find-links --no-header --no-annotate --constraints requirements-dev.lock --extra build pyproject.toml \
		--output-file requirements.lock

clean: ## 作られたもの（.venv と var）を消します
	rm -rf $(VENV) var build *.egg-info
