"""Makes contrast.safetensors: equations 5, 6 and 7 written out word by word in numpy, in double precision.

Sums are loops over clips, frames and pairs, as on paper. Gradients are central differences of those sums.
Needs numpy and safetensors; run it in this folder.
"""
import numpy as np
from safetensors.numpy import save_file

random = np.random.default_rng(17)
fixture = {}


def normal(*shape, scale=1.0):
    return random.normal(size=shape) * scale


def linear(weights, name, x):
    return weights[name + ".weight"] @ x + weights.get(name + ".bias", 0)


def slope(loss, values, names, step=1e-6):
    """∂loss/∂values[name] by central differences; loss reads the arrays, which are moved in place."""
    found = {}
    for name in names:
        array = values[name]
        found[name] = np.zeros_like(array)
        for index in np.ndindex(array.shape):
            before = array[index]
            array[index] = before + step
            above = loss()
            array[index] = before - step
            found[name][index] = (above - loss()) / (2 * step)
            array[index] = before
    return found


def keep(prefix, values, loss, gradients):
    fixture.update({f"{prefix}.{name}": array for name, array in values.items()})
    fixture[f"{prefix}.loss"] = np.array(loss)
    fixture.update({f"{prefix}.gradients.{name}": array for name, array in gradients.items()})


# Equation 5. e^a_ij: clip i, frame j of the sound; e^v_kl: clip k, picture l of the film.
CLIPS, FRAMES, PICTURES, TAU = 3, 4, 2, 0.2
values = {
    "sound": normal(CLIPS, FRAMES, 6), "film": normal(CLIPS, PICTURES, 4),
    "weights.audio.weight": normal(5, 6, scale=0.4), "weights.audio.bias": normal(5, scale=0.1),
    "weights.video.weight": normal(5, 4, scale=0.4), "weights.video.bias": normal(5, scale=0.1),
}


def unit(x):
    return x / np.sqrt((x * x).sum())


def equation5():
    a = lambda i, j: unit(linear(values, "weights.audio", values["sound"][i, j]))
    v = lambda k, l: unit(linear(values, "weights.video", values["film"][k, l]))
    total = 0
    for i in range(CLIPS):
        for j in range(FRAMES):
            own = sum(np.exp(a(i, j) @ v(i, l) / TAU) for l in range(PICTURES))
            every = sum(np.exp(a(i, j) @ v(k, l) / TAU) for k in range(CLIPS) for l in range(PICTURES))
            total -= np.log(own / every)
    return total / (CLIPS * FRAMES)  # the mean of what the paper sums


keep("supervised", values, equation5(), slope(equation5, values, list(values)))

# Equation 6. Frames of sound x1 with another view y1 of each, pictures x2 with y2.
N, K, HIDDEN = 4, 3, 5
factors = {name: normal(N, width) for name, width in [("x1", 5), ("y1", 5), ("x2", 4), ("y2", 4)]}


def map_weights(name, inputs, outputs, bias=True):
    factors[f"weights.{name}.weight"] = normal(outputs, inputs, scale=1.6 / inputs**0.5)
    if bias:
        factors[f"weights.{name}.bias"] = normal(outputs, scale=0.2)


def head_weights(name):
    map_weights(name + ".first", K, K)
    map_weights(name + ".second", K, K)


def critic_weights(name, inputs):
    map_weights(name + ".first.x", inputs, HIDDEN, bias=False)
    map_weights(name + ".first.y", inputs, HIDDEN)
    map_weights(name + ".second", HIDDEN, HIDDEN)
    map_weights(name + ".third", HIDDEN, 1)


map_weights("input.audio", 5, K)
map_weights("input.video", 4, K)
for term, views in [("shared", 1), ("shared-bound", 1), ("given", 2), ("given-bound", 2)]:
    head_weights(term + ".audio")
    head_weights(term + ".video")
    critic_weights(term + ".critic", views * K)
for term in ["audio", "video"]:
    head_weights(term + ".head")
    critic_weights(term + ".critic", K)


def head(name, x):
    return linear(factors, f"weights.{name}.second", np.maximum(linear(factors, f"weights.{name}.first", x), 0))


def scores(name, x, y):
    """T(x_j, y_i) at [i, j]: three layers on [x, y]."""
    w = lambda part: factors[f"weights.{name}.critic.{part}"]
    first = np.concatenate([w("first.x.weight"), w("first.y.weight")], axis=1)
    table = np.zeros((N, N))
    for i in range(N):
        for j in range(N):
            hidden = np.maximum(first @ np.concatenate([x[j], y[i]]) + w("first.y.bias"), 0)
            hidden = np.maximum(linear(factors, f"weights.{name}.critic.second", hidden), 0)
            table[i, j] = linear(factors, f"weights.{name}.critic.third", hidden)[0]
    return table


def nce(t):
    positive = sum(t[i, i] for i in range(N)) / N
    every = sum(np.log(sum(np.exp(t[i, j]) for j in range(N))) for i in range(N)) / N
    return -(positive - (every - np.log(N)))


def club(t):
    return sum(t[i, i] for i in range(N)) / N - sum(t[i, j] for i in range(N) for j in range(N)) / N**2


def sides():
    see = lambda name, key: np.stack([linear(factors, "weights.input." + name, row) for row in factors[key]])
    return see("audio", "x1"), see("audio", "y1"), see("video", "x2"), see("video", "y2")


def through(name, x):
    return np.stack([head(name, row) for row in x])


def term(name, x1, y1, x2, y2):
    """The scores of a term about sound and film, with the second views where its name says that they are given."""
    sound, film = through(name + ".audio", x1), through(name + ".video", x2)
    if name.startswith("given"):
        sound = np.concatenate([sound, through(name + ".audio", y1)], axis=1)
        film = np.concatenate([film, through(name + ".video", y2)], axis=1)
    return scores(name, sound, film)


def equation6():
    x1, y1, x2, y2 = sides()
    return (nce(term("shared", x1, y1, x2, y2)) + club(term("shared-bound", x1, y1, x2, y2))
            + nce(scores("audio", through("audio.head", x1), through("audio.head", y1)))
            + nce(scores("video", through("video.head", x2), through("video.head", y2)))
            + nce(term("given", x1, y1, x2, y2)) + club(term("given-bound", x1, y1, x2, y2)))


def learning():
    x1, y1, x2, y2 = sides()
    return nce(term("shared-bound", x1, y1, x2, y2)) + nce(term("given-bound", x1, y1, x2, y2))


is_bound = lambda name: "-bound.critic" in name
gradients = slope(equation6, factors, [name for name in factors if not is_bound(name)])
gradients |= slope(learning, factors, [name for name in factors if is_bound(name)])
keep("factors", factors, equation6(), gradients)
fixture["factors.learning"] = np.array(learning())

# Equation 7. Velocities of a network and of its reference for pairs of performances: w preferred, l the control.
PAIRS, BETA, ANCHOR = 5, 3.0, 0.5
flow = {f"{who}.{which}": normal(PAIRS, 3, 2) for who in ["model", "reference", "target"] for which in "wl"}


def equation7(anchor):
    total = 0
    for i in range(PAIRS):
        error = lambda who, which: ((flow[f"{who}.{which}"][i] - flow[f"target.{which}"][i]) ** 2).mean()
        ours, theirs = error("model", "w") - error("model", "l"), error("reference", "w") - error("reference", "l")
        total -= np.log(1 / (1 + np.exp(BETA / 2 * (ours - theirs))))
        total += anchor * error("model", "w")
    return total / PAIRS


def accuracy():
    error = lambda who, which, i: ((flow[f"{who}.{which}"][i] - flow[f"target.{which}"][i]) ** 2).mean()
    return sum(
        error("model", "w", i) - error("model", "l", i) < error("reference", "w", i) - error("reference", "l", i)
        for i in range(PAIRS)) / PAIRS


keep("preference", flow, equation7(0), slope(lambda: equation7(0), flow, ["model.w", "model.l"]))
fixture["preference.anchored"] = np.array(equation7(ANCHOR))
fixture["preference.accuracy"] = np.array(accuracy())
save_file({name: np.ascontiguousarray(array, dtype=np.float32) for name, array in fixture.items()}, "contrast.safetensors")
