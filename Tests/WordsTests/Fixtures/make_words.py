"""Makes the fixtures of words: a FLAN-T5 in miniature as Hugging Face saves it, folder `flan`: config.json,
model.safetensors (random), spiece.model (a unigram model of the few texts below) and tokenizer_config.json; and beside it
what transformers' T5Tokenizer and T5EncoderModel make of many captions: captions.json (texts and ids) and
expected.safetensors (hidden states of some).

Every caption's ids are asked of three implementations: sentencepiece itself, as the slow tokenizer of T5 used it;
transformers' tokenizer of today; and the fast one with the rules of the published tokenizer.json. They must agree, but for the
captions in DIFFERING, of which sentencepiece's ids are kept: FLAN-T5 was trained with it.
Needs torch, transformers, tokenizers, sentencepiece and safetensors; run it in this folder.
"""

import io
import json
import pathlib
import re

import sentencepiece
import torch
from safetensors.torch import save_file
from sentencepiece import sentencepiece_model_pb2
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers
from transformers import T5Config, T5EncoderModel, T5Tokenizer

TEXTS = """
footsteps on gravel, slow and heavy, then faster as somebody runs away
a door opens with a creak, closes with a thud, and a key turns in the lock
a hammer strikes an anvil three times in a large stone hall
rain begins to fall on a tin roof while thunder rolls far away
a steam engine passes from left to right, its whistle blowing
a ball bounces on a wooden floor: loud at first, softer each time
the piano plays a slow waltz in a minor, with the pedal held down
two people are talking in a room next door; a clock ticks on the wall
horses trot over cobblestones, a carriage behind them, church bells ring
a dog barks twice in the distance, birds sing in the morning
glass breaks, water pours, paper tears, a chain rattles, a motor starts
the wind blows through the trees and an old window rattles in its frame
schritte auf kies, eine tür fällt zu, draußen regnet es über den dächern
des pas sur le gravier, une porte s'ouvre, la pluie tombe sur le toit été
pasos sobre la grava, una puerta se cierra, llueve sobre el tejado mañana
шаги по гравию, дверь открывается, дождь стучит по крыше
足音が砂利の上で聞こえる 雨が屋根に落ちる ドアが閉まる
脚步声在砂砾上 门打开了 雨落在屋顶上 钢琴在演奏
발자국 소리가 들린다 문이 닫힌다 비가 내린다
خطوات على الحصى باب يفتح مطر على السقف
पत्थर पर कदमों की आवाज़ दरवाज़ा बंद होता है
1234567890 12:30 3.14 50% (loud) [soft] "quoted" 'single' a/b a-b a_b & + = ? ! … – — € £ ° ♪ ♫ 🎹 🌧
""".strip()

CAPTIONS = [
    "", " ", "   \t\n ", "a", "rain", "Rain", "RAIN", "footsteps on gravel", " footsteps on gravel", "footsteps on gravel ",
    "footsteps   on    gravel", "footsteps\ton\ngravel", "\n\nfootsteps\r\non gravel\n", "footsteps\u00a0on\u00a0gravel",
    "footsteps\u2003on\u3000gravel", "footsteps on gravel.", "footsteps,on,gravel!?", "a door... closes", "a  .  b",
    "Schritte auf Kies, eine Tür fällt zu", "Schritte auf Kies, eine Tu\u0308r fa\u0308llt zu", "des pas sur le gravier, l'été",
    "mañana llueve", "шаги по гравию", "Шаги По Гравию", "足音が砂利の上で聞こえる", "脚步声在砂砾上", "발자국 소리",
    "\u1107\u1161\u11af\u110c\u1161\u1100\u116e\u11a8", "خطوات على الحصى", "कदमों की आवाज़", "Ελληνικά", "עברית", "ไทย", "Tiếng Việt",
    "🎹 and 🌧", "👩‍🎤 sings", "👍🏽", "½ cup, ﬁre, ①②③, ㎞, Ⅳ, ｆｕｌｌ ｗｉｄｔｈ, ｶﾞ", "x² + y² = z²", "“quoted” ‘single’ – — …",
    "soft\u00adhyphen", "zero\u200bwidth", "zero\u200djoiner", "\ufefffootsteps", "left\u200eto\u200fright", "bell\u0007rings",
    "del\u007fete", "a\u0000b", "▁footsteps", "foot▁steps", "~ tilde ～ wave 〜", "ÅÅÅ Å", "İstanbul ı", "ẞ ß",
    "qqqqzzzzxxxx", "𝒻𝑜𝑜𝓉𝓈𝓉𝑒𝓅𝓈", "𐍈𐌰", "\U0010ffff", "a\ufffdb", "1 2 3", "12:30", "3.14159", "50%", "#1 & #2",
    "<b>rain</b>", "<rain>", "</S>", "rain</s>", "rain </s> door", "<extra_id_0> rain <extra_id_99>", "rain<extra_id_7>door",
    "<pad>rain", "<unk>", "<extra_id_100>", "a\u0301\u0300\u0308", "e\u0301te\u0301", "\u0301", "  \u3000 \u00a0 ", "the the the", "thethethe",
    "Footsteps on gravel, slow and heavy, then faster as somebody runs away; a door opens with a creak.",
    " ".join(["a very long caption"] * 40), "x" * 700, "雨" * 300, "a " * 400,
    # 10,000 words
    " ".join(["rain", "door", "gravel", "piano", "thunder"] * 2000),
]

# Two cuts of one likelihood, and letters that the other two put together before they look.
DIFFERING = ["a door... closes", "\u1107\u1161\u11af\u110c\u1161\u1100\u116e\u11a8", "a\u0301\u0300\u0308"]

folder = pathlib.Path("flan")
folder.mkdir(exist_ok=True)
written = io.BytesIO()
sentencepiece.SentencePieceTrainer.train(
    sentence_iterator=iter(TEXTS.split("\n")), model_writer=written, model_type="unigram", vocab_size=400, pad_id=0, eos_id=1,
    unk_id=2, bos_id=-1, pad_piece="<pad>", eos_piece="</s>", unk_piece="<unk>", character_coverage=1.0,
    normalization_rule_name="nmt_nfkc", hard_vocab_limit=False, num_threads=1, minloglevel=2,
)
(folder / "spiece.model").write_bytes(written.getvalue())
(folder / "tokenizer_config.json").write_text(json.dumps(
    {"tokenizer_class": "T5Tokenizer", "model_max_length": 512, "extra_ids": 100, "eos_token": "</s>", "pad_token": "<pad>",
     "unk_token": "<unk>"}, indent=2, sort_keys=True) + "\n")

pieces = sentencepiece.SentencePieceProcessor(model_proto=written.getvalue())
proto = sentencepiece_model_pb2.ModelProto.FromString(written.getvalue())
special = {"<pad>": 0, "</s>": 1, "<unk>": 2}
special.update({f"<extra_id_{i}>": pieces.get_piece_size() + 99 - i for i in range(100)})
pattern = re.compile("|".join(re.escape(name) for name in special))


def slow(text):
    """The ids of sentencepiece, special tokens apart, and the end."""
    ids, at = [], 0
    for found in pattern.finditer(text):
        ids += pieces.encode(text[at : found.start()]) + [special[found.group()]]
        at = found.end()
    return ids + pieces.encode(text[at:]) + [1]


fast_model = Tokenizer(models.Unigram(
    [(p.piece, p.score) for p in proto.pieces] + [(f"<extra_id_{i}>", 0.0) for i in range(99, -1, -1)], unk_id=2))
fast_model.normalizer = normalizers.Sequence([
    normalizers.Precompiled(proto.normalizer_spec.precompiled_charsmap), normalizers.Strip(left=False, right=True),
    normalizers.Replace(Regex(" {2,}"), "▁")])
fast_model.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
fast_model.add_special_tokens(list(special))
today = T5Tokenizer.from_pretrained(folder)

entries = []
for text in CAPTIONS:
    ids = slow(text)
    others = {"today": today(text).input_ids, "fast": fast_model.encode(text, add_special_tokens=False).ids + [1]}
    for name, theirs in others.items():
        assert (theirs == ids) == (text not in DIFFERING), f"{name}: {text[:60]!r}: {ids[:20]}, {theirs[:20]}"
    entries.append({"text": text, "ids": ids})
pathlib.Path("captions.json").write_text("[\n" + ",\n".join(map(json.dumps, entries)) + "\n]\n")

torch.manual_seed(11)
config = T5Config(
    vocab_size=512, d_model=24, d_kv=8, d_ff=40, num_layers=2, num_decoder_layers=1, num_heads=3,
    feed_forward_proj="gated-gelu", tie_word_embeddings=False)
model = T5EncoderModel(config).eval()
with torch.no_grad():
    for value in model.parameters():
        value.add_(0.1 * torch.randn_like(value))
model.save_pretrained(folder)
file = folder / "config.json"
kept = {key: value for key, value in json.loads(file.read_text()).items() if key != "transformers_version"}
file.write_text(json.dumps(kept, indent=2, sort_keys=True) + "\n")
expected = {}
with torch.no_grad():
    for number, entry in enumerate(entries):
        ids = entry["ids"]
        # Longer ones are cut as the tokenizer does it: the end stays.
        ids = ids if len(ids) <= 512 else ids[:511] + [1]
        if 8 <= len(ids) <= 60 or number == len(entries) - 1:
            expected[str(number)] = model(torch.tensor([ids])).last_hidden_state[0]
save_file({key: value.contiguous() for key, value in expected.items()}, "expected.safetensors")
