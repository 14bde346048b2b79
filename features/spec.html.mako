## The specification page; see features/spec_page.py for what it is given. Everything is escaped by default.
<%def name="status(word, text=None)"><span class="status ${slug(word)}"><span aria-hidden="true">${signs[word]}</span> ${text or word}</span></%def>\
<%def name="step_line(step, word=None)">
<li${f' class={slug(word)}' if word else ''}>\
% if word:
<span class="sign ${slug(word)}" title="${word}">${signs[word]}</span>\
% endif
<b>${step.keyword}</b> ${with_placeholders(step.text)}\
% if step.table:
<table class="data">
% for row in step.table:
<tr>\
% for cell in row:
<td>${with_placeholders(cell)}</td>\
% endfor
</tr>
% endfor
</table>\
% endif
% if step.docstring:
<pre>${with_placeholders(step.docstring)}</pre>\
% endif
</li>\
</%def>\
<%def name="result_text(result)">
% if result.text:
<pre class="reason ${slug(result.status)}">${result.text}</pre>
% endif
</%def>\
<%def name="examples_table(block)">
<table class="examples">
% if block.name or block.marks:
<caption>${block.name} \
% for mark in block.marks:
<span class="mark">${mark}</span> \
% endfor
</caption>
% endif
<thead><tr>\
% for cell in block.header:
<th scope="col">${cell}</th>\
% endfor
<th scope="col">result</th></tr></thead>
<tbody>
% for row in block.rows:
<tr>\
% for cell in row.cells:
<td>${cell}</td>\
% endfor
<td>${status(row.result.status)}</td></tr>
% if row.result.text:
<tr><td colspan="${len(row.cells) + 1}">${result_text(row.result)}</td></tr>
% endif
% endfor
</tbody>
</table>
</%def>\
<%def name="scenario_part(scenario)">
<section class="scenario">
<h4>${status(scenario.result.status)} ${scenario.name} \
% for mark in scenario.marks:
<span class="mark">${mark}</span> \
% endfor
</h4>
% if scenario.description:
<p class="prose">${scenario.description}</p>
% endif
<ul class="steps">\
% for step, word in scenario.steps:
${step_line(step, word)}\
% endfor

</ul>
% for block in scenario.examples:
${examples_table(block)}
% endfor
${result_text(scenario.result)}
<p class="at">${scenario.at}</p>
</section>
</%def>\
<%def name="rule_part(rule)">
<details class="rule"${f' id={rule.id}' if rule.id else ''}${' open' if rule.status == 'broken' else ''}>
<summary>
<span class="id">${rule.id}</span> <span class="title">${rule.title}</span>
% if rule.cls:
<span class="class ${rule.cls}">${rule.cls}</span>
% endif
${status(rule.status)}
% if rule.letters:
<span class="letters">examples: \
% for letter, word in rule.letters:
<span class="letter ${slug(word)}" title="${letter}: ${word}">${letter.rpartition('.')[2]} ${signs[word]}</span> \
% endfor
</span>
% endif
</summary>
% if rule.description:
<p class="prose">${rule.description}</p>
% endif
% if rule.background:
<section class="background"><h4>Before each scenario</h4><ul class="steps">\
% for step in rule.background:
${step_line(step)}\
% endfor

</ul></section>
% endif
% if not rule.scenarios:
<p class="prose">No scenario proves this rule yet.</p>
% endif
% for scenario in rule.scenarios:
${scenario_part(scenario)}
% endfor
</details>
</%def>\
<%
    rules = [rule for area in areas for rule in area.rules]
    letters = [word for rule in rules for _, word in rule.letters]
%>\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>The rules of the integration</title>
<style>
:root { --good: #0a5a8a; --bad: #a63a00; --dull: #5b6168; --line: #d6dadf; --soft: #f5f7f9; }
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; color: #1c2024; background: #fff; max-width: 68rem; margin: 0 auto; padding: 1.5rem; }
h1 { font-size: 1.7rem; margin: 0 0 .3rem; }
h2 { font-size: 1.25rem; margin: 2.2rem 0 .6rem; border-bottom: 2px solid var(--line); padding-bottom: .2rem; }
h4 { font-size: 1rem; margin: 0 0 .3rem; }
table { border-collapse: collapse; margin: .4rem 0; font-size: .93rem; }
th, td { border: 1px solid var(--line); padding: .15rem .55rem; text-align: left; vertical-align: top; }
thead th { background: var(--soft); }
.totals td:not(:first-child), .totals th:not(:first-child) { text-align: right; }
.totals td.zero { color: #8a9097; }
caption { text-align: left; color: var(--dull); }
a { color: inherit; }
.status { white-space: nowrap; font-size: .88rem; font-weight: 600; color: var(--dull); }
.passed, .holds, .holds-in-part { color: var(--good); }
.failed, .broken { color: var(--bad); }
.status.failed, .status.broken { border: 1.5px solid var(--bad); border-radius: .2rem; padding: 0 .3rem; }
.rule { border: 1px solid var(--line); border-radius: .35rem; margin: .45rem 0; padding: .45rem .8rem; }
.rule[open] { padding-bottom: .8rem; }
summary { cursor: pointer; }
summary .id { font-family: ui-monospace, monospace; font-size: .88rem; color: var(--dull); }
summary .title { font-weight: 600; }
.class, .mark { font-size: .78rem; border: 1px solid var(--dull); border-radius: 1rem; padding: 0 .5rem; color: var(--dull); font-weight: 400; }
.class.inferred { border-style: dashed; }
.class.decision, .mark { border-style: dotted; }
.letters { display: block; font-size: .85rem; color: var(--dull); }
.letter { margin-right: .5rem; white-space: nowrap; }
.letter.not-proved-yet, .letter.not-run, .letter.not-applicable { color: var(--dull); }
.scenario, .background { border-left: 3px solid var(--line); padding-left: .8rem; margin: .9rem 0 0; }
.steps { list-style: none; margin: 0; padding: 0; }
.steps li.not-run { color: var(--dull); }
.steps li.passed, .steps li.failed { color: inherit; }
.sign { display: inline-block; width: 1.3em; font-weight: 700; }
var { font-style: italic; }
.prose { white-space: pre-line; margin: .3rem 0; max-width: 50rem; }
.at { margin: .2rem 0 0; font: .78rem ui-monospace, monospace; color: var(--dull); }
pre { background: var(--soft); padding: .5rem .7rem; margin: .3rem 0; font-size: .83rem; white-space: pre-wrap; overflow-wrap: anywhere; color: #1c2024; }
pre.reason.failed { border-left: 4px solid var(--bad); }
@media print {
  body { font-size: 11px; max-width: none; padding: 0; }
  details::details-content { content-visibility: visible; block-size: auto; }
  .scenario, tr { break-inside: avoid; }
  h2, summary { break-after: avoid; }
}
</style>
</head>
<body>
<h1>The rules of the integration</h1>
<p>${len(rules)} rules, ${len(letters)} examples; \
<strong>${letters.count('passed')}</strong> examples passed in this run, <strong>${letters.count('failed')}</strong> failed, \
<strong>${letters.count('not proved yet')}</strong> are not proved yet.</p>
<table class="totals">
<thead><tr><th scope="col">area</th><th scope="col">rules</th>\
% for word in statuses:
<th scope="col">${signs[word]} ${word}</th>\
% endfor
<th scope="col">examples passed</th></tr></thead>
<tbody>
% for area in areas:
<tr><td><a href="#area-${area.id}">${area.id}</a> ${area.title}</td><td>${len(area.rules)}</td>\
% for word in statuses:
<td${' class=zero' if not area.counts[word] else ''}>${area.counts[word]}</td>\
% endfor
<td>${area.proved[0]} of ${area.proved[1]}</td></tr>
% endfor
</tbody>
<tfoot><tr><th scope="row">all</th><th>${len(rules)}</th>\
% for word in statuses:
<th>${sum(area.counts[word] for area in areas)}</th>\
% endfor
<th>${letters.count('passed')} of ${len(letters)}</th></tr></tfoot>
</table>
<p class="prose">A rule is <b>stated</b> by the documentation, <b>inferred</b> from it, or a <b>decision</b> where it is silent.
“Holds in part” means that all that ran passed and some examples have no scenario yet.</p>
% for area in areas:
<h2 id="area-${area.id}">${area.title} <span class="status">${area.id}</span></h2>
% for rule in area.rules:
${rule_part(rule)}
% endfor
% endfor
% if other:
<h2>Illustrations</h2>
% for rule in other:
${rule_part(rule)}
% endfor
% endif
</body>
</html>
