"""Every rule for content, in one place: its code, its function, and what holds when it finds nothing."""

from __future__ import annotations

from autograder.curriculum.checks import (
    access,
    data_protection,
    files,
    graph,
    language,
    law,
    module,
    questions,
    scoring,
)
from autograder.curriculum.checks.finding import Rule, gettext_

RULES: tuple[Rule, ...] = (
    # files
    Rule("files-required", files.check_required, gettext_("Every file that a module needs is there.")),
    Rule(
        "files-listed",
        files.check_listed,
        gettext_("A module holds its notebooks, data/ and .author/, and nothing ships that is on no list."),
    ),
    Rule("files-size", files.check_size, gettext_("No file is larger than 1 MB.")),
    Rule(
        "files-reference",
        files.check_references,
        gettext_("Every file that a lesson names is the module's own and lies where it may."),
    ),
    Rule("notebook-readable", files.check_readable, gettext_("Every notebook is a valid notebook of format 4.")),
    Rule("notebook-outputs", files.check_outputs, gettext_("No notebook was saved with its outputs.")),
    Rule(
        "notebook-frame",
        files.check_frame,
        gettext_("Every notebook loads the lesson first, ends with the panel, and holds no other code."),
    ),
    # module
    Rule(
        "curriculum-table",
        module.check_curriculum_table,
        gettext_("curriculum.toml and legal-facts.toml have known keys with values in range."),
    ),
    Rule("module-table", module.check_module_table, gettext_("Every module.toml has known keys with values in range.")),
    Rule("module-slug", module.check_slug, gettext_("Every module's folder has a name that can be an address.")),
    Rule("module-uuid", module.check_uuid, gettext_("No two modules share a uuid or a code.")),
    Rule("module-review", module.check_review, gettext_("Every module was reviewed within the last 400 days.")),
    Rule(
        "module-listed",
        module.check_listed,
        gettext_("curriculum.toml lists exactly the modules that exist."),
    ),
    # graph
    Rule(
        "graph-module",
        graph.check_prerequisites,
        gettext_("Every prerequisite and every step of a learning path exists."),
    ),
    Rule("graph-cycle", graph.check_cycles, gettext_("No module needs itself, not even through others.")),
    Rule(
        "graph-competence", graph.check_competences, gettext_("Every competence exists in the framework that is named.")
    ),
    Rule(
        "graph-coverage",
        graph.check_coverage,
        gettext_("Every competence of a framework that is marked as complete is covered by a module."),
    ),
    # question
    Rule("question-block", questions.check_blocks, gettext_("Every question and every check can be read.")),
    Rule("question-key", questions.check_keys, gettext_("Items, key and score of every question fit together.")),
    Rule("question-unique", questions.check_ids, gettext_("No two cells of a module share an id.")),
    Rule("question-metadata", questions.check_metadata, gettext_("nbgrader's metadata says what the blocks say.")),
    Rule(
        "question-points",
        questions.check_points,
        gettext_("The required notebooks of every module add up to 100 points."),
    ),
    Rule(
        "question-pool",
        questions.check_pools,
        gettext_("Every pool has at least three times the items drawn, and draws have more than one class."),
    ),
    Rule("question-feedback", questions.check_feedback, gettext_("Every wrong choice is answered by a sentence.")),
    Rule("question-codes", questions.check_codes, gettext_("Every feedback sentence is reached by a wrong answer.")),
    # access
    Rule(
        "access-levels",
        access.check_heading_levels,
        gettext_("Every notebook has one title and no heading jumps a level."),
    ),
    Rule("access-headings", access.check_heading_names, gettext_("No notebook has the same heading twice.")),
    Rule("access-pictures", access.check_pictures, gettext_("Every picture has a text for those who cannot see it.")),
    Rule("access-links", access.check_links, gettext_("Every link says where it leads.")),
    Rule("access-minutes", access.check_minutes, gettext_("Every lesson can be read in the minutes it claims.")),
    # scoring
    Rule("sample-form", scoring.check_sample_form, gettext_("Every sample can be read and speaks of its own module.")),
    Rule(
        "sample-set",
        scoring.check_sample_set,
        gettext_("Every module has samples: all right, untouched, and one per misconception."),
    ),
    Rule("scoring-full", scoring.check_full, gettext_("The right answers earn every point, without a remark.")),
    Rule("scoring-untouched", scoring.check_untouched, gettext_("Doing nothing earns nothing.")),
    Rule(
        "scoring-expected",
        scoring.check_expected,
        gettext_("Every sample gets the points that its author states, in two runs out of two."),
    ),
    Rule(
        "scoring-misconception",
        scoring.check_misconceptions,
        gettext_("The sample of every misconception is told its sentence."),
    ),
    Rule("scoring-draws", scoring.check_draws, gettext_("The right answers are right under every draw, in every run.")),
    Rule("scoring-constant", scoring.check_constant, gettext_("The same answer to everything is never rewarded.")),
    # language
    Rule(
        "language-vietnamese",
        language.check_vietnamese,
        gettext_("Everything that learners read is there in Vietnamese."),
    ),
    Rule("language-english", language.check_english, gettext_("Titles, objectives and prompts are there in English.")),
    Rule("language-form", language.check_normal_form, gettext_("All text is in Unicode form NFC.")),
    Rule("language-words", language.check_words, gettext_("No text shouts or names the machine's parts.")),
    Rule("language-tones", language.check_tones, gettext_("Tone marks stand as in hóa, xóa, thủy, ủy, hủy.")),
    Rule("language-terms", language.check_terms, gettext_("Every thing is called what the glossary calls it.")),
    # data protection
    Rule("data-id-number", data_protection.check_id_numbers, gettext_("Identity numbers are made up: they start 999.")),
    Rule("data-phone", data_protection.check_phones, gettext_("Telephone numbers are made up: they start 0000.")),
    Rule(
        "data-address",
        data_protection.check_addresses,
        gettext_("Mail addresses and links end with .example or .test, but for two official portals."),
    ),
    Rule("data-district", data_protection.check_districts, gettext_("No address names a district.")),
    # law
    Rule("law-known", law.check_known, gettext_("Every document that a lesson cites is on record.")),
    Rule("law-in-force", law.check_in_force, gettext_("Every document that a lesson cites is in force.")),
    Rule("law-reviewed", law.check_reviewed, gettext_("Every cited document was looked at within the last 400 days.")),
)
