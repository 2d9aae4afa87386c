"""The grammar of topic queries, for lark's LALR parser."""

QUOTES = '"“”„‟«»「」『』＂'
_NOT_WORD = rf"\s()（）,，{QUOTES}"
_END = f"(?=[{_NOT_WORD}]|$)"

GRAMMAR = rf"""
start: _either

_either: _both | any_of
any_of: _both (_OR _both)+
_both: _unary | all_of
all_of: _unary (_AND? _unary)+
_unary: negated | _near
negated: (NOT | MINUS) _unary
_near: _one | near
near: _one NEAR _one
_one: _leaf | scoped | at_least | _group
_group: _OPEN _either _CLOSE
scoped: FIELD (_leaf | _group)
at_least: AT_LEAST _OPEN _either (_COMMA _either)* _CLOSE
_leaf: word | exact | phrase | prefix | concept
word: WORD
exact: EXACT
phrase: PHRASE
prefix: PREFIX
concept: CONCEPT

_AND.9: /AND{_END}/
_OR.9: /OR{_END}/
NOT.9: /NOT{_END}/
NEAR.9: /O?NEAR\/\d+{_END}/
AT_LEAST.9: /AT\s+LEAST\s+\d+\s+OF(?=\s*[(（])/
MINUS.8: /(?<![^\s(（,，])[-−–—](?=[^\s])/
FIELD.8: /(?:title|lead|body|all|lang|feed|place|tag)[:：]\s*/
CONCEPT.7: /~(?:[{QUOTES}][^{QUOTES}]*[{QUOTES}]|[^{_NOT_WORD}]+)/
PHRASE.7: /[{QUOTES}][^{QUOTES}]*[{QUOTES}]/
EXACT.6: /=[^{_NOT_WORD}]+/
PREFIX.5: /[^{_NOT_WORD}*]+\*{_END}/
WORD.0: /[^{_NOT_WORD}]+/
_OPEN: /[(（]/
_CLOSE: /[)）]/
_COMMA: /[,，]/
%ignore /\s+/
"""
