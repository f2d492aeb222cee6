"""Words with which an action item can begin so that it says what is to be done."""

from __future__ import annotations

from typing import Final

_WORDS: Final = """
abort accept achieve acquire activate adapt add address adjust adopt agree alert align allow analyse analyze announce
apply approve archive arrange ask assess assign attach audit automate avoid back backfill backport balance batch
benchmark block bound bring broadcast buffer build bump buy cache call cap capture carry catch change check choose
clarify clean clear close collect combine compare complete compress configure confirm connect consider consolidate
contact contain convert copy correct cover create cut deal decide declare decommission decouple deduplicate default
define delete deliver demote deploy deprecate describe design detect determine develop disable discard disconnect
discuss display distribute divide do document double downgrade draft drain drill drop duplicate educate eliminate
email enable encrypt end enforce enlarge ensure enter escalate establish estimate evaluate examine exclude execute
expand expire explain export expose extend extract fail fence fetch figure file fill filter find finish fix flag
follow forbid force formalise formalize freeze gate gather generate get give grant group grow guard halt handle harden
have help hide hire hold identify ignore implement import improve include increase index inform inject inspect install
instrument integrate interview introduce inventory investigate invite isolate issue join keep kill label launch lead
learn leave let lift limit link list load lock log look lower maintain make map mark measure meet merge migrate mirror
mitigate mock modify monitor move notify obtain offer open optimise optimize order organise organize overhaul override
own pace page pair parse partition patch pause perform pin plan point poll post practice practise prepare prevent
print prioritise prioritize probe process produce profile prohibit promote propose protect prove provide provision
prune publish pull purge push put quarantine query queue quote raise rate reach read rebalance rebuild recompute
record recover redeploy redesign redirect reduce refactor refine refuse regenerate register rehearse reinstate reject
relax release relocate remediate remind remove rename renew reopen repair repeat replace replay replicate reply report
reproduce request require reroute rerun reschedule reserve reset resize resolve restart restore restrict retain retest
retire retrain retry return reuse revert review revise revisit revoke rewrite roll rotate route run sample sanitise
sanitize save scale scan schedule scope script search secure segment select send separate serialise serialize serve
set settle setup shard share shed shift ship shorten show shut sign simplify simulate skip smoke soften sort speak
specify speed split staff stage standardise standardize start state stop store streamline strengthen stress strip
study submit subscribe suppress survey suspend swap switch sync synchronise synchronize take talk teach tell terminate
test throttle tighten time trace track train transfer translate triage trigger trim truncate try tune turn unblock
understand unify uninstall unlock unpin update upgrade upload use validate vary verify visualise visualize wait warn
watch whitelist widen wire withdraw work wrap write
"""

VERBS: Final = frozenset(_WORDS.split())
"""Deliberately wide: a missing verb is only worth a word where the first word is plainly none."""
