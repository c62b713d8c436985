CREATE TABLE submissions (
	id INTEGER NOT NULL,
	town TEXT NOT NULL,
	file TEXT NOT NULL,
	sha256 TEXT NOT NULL,
	size INTEGER NOT NULL,
	received_on DATE NOT NULL,
	serial INTEGER NOT NULL,
	path TEXT NOT NULL,
	recorded_at DATETIME NOT NULL,
	CONSTRAINT pk_submissions PRIMARY KEY (id),
	CONSTRAINT uq_submissions_town_file_received_on_serial UNIQUE (town, file, received_on, serial)
);
CREATE TABLE known_files (
	town TEXT NOT NULL,
	form INTEGER NOT NULL,
	last_id INTEGER NOT NULL,
	latest DATE NOT NULL,
	files TEXT NOT NULL,
	hashes TEXT NOT NULL,
	sizes TEXT NOT NULL,
	days TEXT NOT NULL,
	places TEXT NOT NULL,
	looks BLOB NOT NULL,
	folders TEXT NOT NULL,
	CONSTRAINT pk_known_files PRIMARY KEY (town)
);
CREATE TABLE all_read (
	town TEXT NOT NULL,
	last_submission INTEGER NOT NULL,
	last_reading INTEGER NOT NULL,
	reader_keys JSON NOT NULL,
	CONSTRAINT pk_all_read PRIMARY KEY (town)
);
CREATE TABLE runs (
	id INTEGER NOT NULL,
	town TEXT NOT NULL,
	as_of DATE NOT NULL,
	fiscal_year TEXT NOT NULL,
	plan_revision TEXT NOT NULL,
	engine TEXT NOT NULL,
	started_at DATETIME NOT NULL,
	recorded_at DATETIME NOT NULL,
	CONSTRAINT pk_runs PRIMARY KEY (id),
	CONSTRAINT uq_runs_town_as_of_started_at_engine UNIQUE (town, as_of, started_at, engine)
);
CREATE TABLE readings (
	id INTEGER NOT NULL,
	submission_id INTEGER NOT NULL,
	reader_key TEXT NOT NULL,
	document JSON NOT NULL,
	recorded_at DATETIME NOT NULL,
	CONSTRAINT pk_readings PRIMARY KEY (id),
	CONSTRAINT fk_readings_submission_id FOREIGN KEY(submission_id) REFERENCES submissions (id)
);
CREATE INDEX ix_readings_submission_id_reader_key ON readings (submission_id, reader_key);
CREATE TABLE findings (
	run_id INTEGER NOT NULL,
	project_id TEXT NOT NULL,
	position INTEGER NOT NULL,
	verdict TEXT NOT NULL,
	document JSON NOT NULL,
	CONSTRAINT pk_findings PRIMARY KEY (run_id, project_id),
	CONSTRAINT fk_findings_run_id FOREIGN KEY(run_id) REFERENCES runs (id)
);
CREATE TABLE episodes (
	id INTEGER NOT NULL,
	town TEXT NOT NULL,
	project_id TEXT NOT NULL,
	commitment TEXT DEFAULT '' NOT NULL,
	verdict TEXT NOT NULL,
	reasons JSON NOT NULL,
	state JSON DEFAULT '{}' NOT NULL,
	opened_on DATE NOT NULL,
	changed_on DATE NOT NULL,
	closed_on DATE,
	is_open BOOLEAN,
	run_id INTEGER NOT NULL,
	CONSTRAINT pk_episodes PRIMARY KEY (id),
	CONSTRAINT uq_episodes_town_project_id_commitment_is_open UNIQUE (town, project_id, commitment, is_open),
	CONSTRAINT fk_episodes_run_id FOREIGN KEY(run_id) REFERENCES runs (id)
);
CREATE TABLE messages (
	id INTEGER NOT NULL,
	"key" TEXT NOT NULL,
	run_id INTEGER,
	town TEXT NOT NULL,
	channel TEXT NOT NULL,
	recipient TEXT NOT NULL,
	document JSON NOT NULL,
	state TEXT NOT NULL,
	due_at DATETIME NOT NULL,
	claim TEXT,
	attempts INTEGER NOT NULL,
	resend BOOLEAN NOT NULL,
	error TEXT,
	finished_at DATETIME,
	recorded_at DATETIME NOT NULL,
	queued_at DATETIME,
	note TEXT,
	CONSTRAINT pk_messages PRIMARY KEY (id),
	CONSTRAINT uq_messages_key UNIQUE ("key"),
	CONSTRAINT fk_messages_run_id FOREIGN KEY(run_id) REFERENCES runs (id)
);
CREATE INDEX ix_messages_state_due_at ON messages (state, due_at);
CREATE TABLE predictions (
	id INTEGER NOT NULL,
	town TEXT NOT NULL,
	run_id INTEGER NOT NULL,
	project_id TEXT NOT NULL,
	commitment TEXT NOT NULL,
	due_on DATE NOT NULL,
	made_on DATE NOT NULL,
	state TEXT NOT NULL,
	rules JSON NOT NULL,
	p50 DATE,
	p80 DATE,
	probability FLOAT,
	met_on DATE,
	CONSTRAINT pk_predictions PRIMARY KEY (id),
	CONSTRAINT fk_predictions_run_id FOREIGN KEY(run_id) REFERENCES runs (id)
);
CREATE INDEX ix_predictions_town ON predictions (town, project_id, commitment);
CREATE TABLE answers (
	id INTEGER NOT NULL,
	town TEXT NOT NULL,
	episode_id INTEGER NOT NULL,
	kind TEXT NOT NULL,
	owner TEXT NOT NULL,
	reason TEXT NOT NULL,
	expires_on DATE NOT NULL,
	answered_at DATETIME NOT NULL,
	ended_on DATE,
	ended TEXT,
	holds BOOLEAN,
	CONSTRAINT pk_answers PRIMARY KEY (id),
	CONSTRAINT uq_answers_episode_id_holds UNIQUE (episode_id, holds),
	CONSTRAINT fk_answers_episode_id FOREIGN KEY(episode_id) REFERENCES episodes (id)
);
CREATE TABLE held_escalations (
	id INTEGER NOT NULL,
	town TEXT NOT NULL,
	episode_id INTEGER NOT NULL,
	run_id INTEGER NOT NULL,
	audience TEXT NOT NULL,
	days INTEGER NOT NULL,
	hold_until DATE NOT NULL,
	state TEXT NOT NULL,
	decided_by TEXT,
	note TEXT,
	decided_at DATETIME,
	CONSTRAINT pk_held_escalations PRIMARY KEY (id),
	CONSTRAINT fk_held_escalations_episode_id FOREIGN KEY(episode_id) REFERENCES episodes (id),
	CONSTRAINT fk_held_escalations_run_id FOREIGN KEY(run_id) REFERENCES runs (id)
);
CREATE INDEX ix_held_escalations_town_state ON held_escalations (town, state);
CREATE TABLE alert_events (
	id INTEGER NOT NULL,
	run_id INTEGER NOT NULL,
	episode_id INTEGER NOT NULL,
	project_id TEXT NOT NULL,
	kind TEXT NOT NULL,
	document JSON NOT NULL,
	CONSTRAINT pk_alert_events PRIMARY KEY (id),
	CONSTRAINT fk_alert_events_run_id FOREIGN KEY(run_id) REFERENCES runs (id),
	CONSTRAINT fk_alert_events_episode_id FOREIGN KEY(episode_id) REFERENCES episodes (id)
);
CREATE INDEX ix_alert_events_run_id ON alert_events (run_id);
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL,
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
