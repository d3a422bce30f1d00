using System.Text.Json;
using HybridControl.Diagnostics;
using HybridControl.Neural.Backends;
using HybridControl.Neural.Stacks;
using HybridControl.Serialization;

namespace HybridControl.Neural.HuggingFace;

/// <summary>A <c>config.json</c>. Reading never throws: a value that is missing or of the wrong kind becomes a finding and a harmless default.</summary>
public sealed class ModelConfig
{
    private readonly JsonElement _root;
    private readonly string _where;
    private readonly FindingList _findings = new();

    private ModelConfig(JsonElement root, string where) => (_root, _where) = (root, where);

    internal FindingList Findings => _findings;

    /// <summary>The value of <c>model_type</c>, or empty.</summary>
    public string ModelType => Text("model_type", "");

    /// <summary>Whether the value of a key is a text.</summary>
    public bool IsText(string key) => Value(key) is { ValueKind: JsonValueKind.String };

    /// <summary>Reads a file.</summary>
    /// <exception cref="ModelException">It cannot be read, or is not a JSON object.</exception>
    public static ModelConfig Load(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path), path);
        }
        catch (Exception fault) when (DurableFile.IsFault(fault))
        {
            throw new ModelException(path, $"the file cannot be read: {fault.Message}");
        }
    }

    /// <summary>Reads a text.</summary>
    /// <exception cref="ModelException">It is not a JSON object.</exception>
    public static ModelConfig Parse(string json, string where)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? new(document.RootElement.Clone(), where)
                : throw new ModelException(where, "it is not a JSON object");
        }
        catch (JsonException fault)
        {
            throw new ModelException(where, $"it is not JSON: {fault.Message}");
        }
    }

    /// <summary>Whether a key has a value other than null.</summary>
    public bool Has(string key) => Value(key) is not null;

    /// <summary>A size: a whole number from 1 on that must be there.</summary>
    /// <param name="key">Its key, or several spellings.</param>
    public int Size(params ReadOnlySpan<string> key) => Whole(key, 1, DescriptionCheck.Largest, null) ?? 1;

    /// <summary>A whole number from 0 on that may be left out.</summary>
    public int Count(string key, int otherwise) => Whole([key], 0, DescriptionCheck.Largest, otherwise) ?? otherwise;

    /// <summary>A number of layers or experts, each of which has names of its own: few enough to list them.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="otherwise">What stands for it if it is left out; null if it must be there.</param>
    public int Few(string key, int? otherwise = null) => Whole([key], otherwise is null ? 1 : 0, DescriptionCheck.Most, otherwise) ?? otherwise ?? 1;

    /// <summary>A number that may be left out.</summary>
    public double Number(string key, double otherwise)
    {
        if (Value(key) is not { } value)
        {
            return otherwise;
        }

        if (AsNumber(value) is { } number && !double.IsNaN(number))
        {
            return number;
        }

        Refuse(key, $"{value.GetRawText()} is not a number", "");
        return otherwise;
    }

    /// <summary>A truth value that may be left out.</summary>
    public bool Flag(string key, bool otherwise)
    {
        if (Value(key) is not { } value)
        {
            return otherwise;
        }

        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return value.GetBoolean();
        }

        Refuse(key, $"{value.GetRawText()} is neither true nor false", "");
        return otherwise;
    }

    /// <summary>A text that may be left out.</summary>
    public string Text(string key, string otherwise)
    {
        if (Value(key) is not { } value)
        {
            return otherwise;
        }

        if (value.ValueKind == JsonValueKind.String)
        {
            return value.GetString()!;
        }

        Refuse(key, $"{value.GetRawText()} is not a text", "");
        return otherwise;
    }

    /// <summary>A list of texts; null if it is left out.</summary>
    public IReadOnlyList<string>? Texts(string key) => List(key, value => value.ValueKind == JsonValueKind.String ? value.GetString() : null, "texts");

    /// <summary>A list of numbers; null if it is left out.</summary>
    public IReadOnlyList<double>? Numbers(string key) => List(key, value => AsNumber(value) is { } number ? (double?)number : null, "numbers")?.Select(number => number!.Value).ToArray();

    /// <summary>A list of lists of numbers; null if it is left out.</summary>
    public IReadOnlyList<IReadOnlyList<double>>? NumberLists(string key) => List(
        key,
        value => value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(entry => AsNumber(entry) is not null)
            ? value.EnumerateArray().Select(entry => AsNumber(entry)!.Value).ToArray()
            : null,
        "lists of numbers");

    /// <summary>A product of sizes; one beyond what a model may have is refused under a key.</summary>
    public int Product(string key, long factor, int width)
    {
        long product = factor * width;
        if (product is > 0 and <= DescriptionCheck.Largest)
        {
            return (int)product;
        }

        Refuse(key, $"{factor} times {width} is not between 1 and {DescriptionCheck.Largest}", "The value is wrong.");
        return 1;
    }

    /// <summary>Refuses another activation than the one that state space layers have.</summary>
    public void ExpectSilu()
    {
        if (Function("hidden_act", "silu") != Activation.Silu)
        {
            Refuse("hidden_act", "the convolution of the state space layers knows silu only", "");
        }
    }

    /// <summary>An activation by its Hugging Face name.</summary>
    public Activation Function(string key, string otherwise)
    {
        string name = Text(key, otherwise);
        switch (name)
        {
            case "silu" or "swish":
                return Activation.Silu;
            case "gelu":
                return Activation.Gelu;
            case "gelu_new" or "gelu_pytorch_tanh":
                return Activation.GeluTanh;
            case "relu":
                return Activation.Relu;
            case "relu2":
                return Activation.SquaredRelu;
            default:
                Refuse(key, $"unknown function '{name}'", "Known are silu, gelu, gelu_new, gelu_pytorch_tanh, relu, relu2.");
                return Activation.Identity;
        }
    }

    /// <summary>How rotary positions are stretched for long contexts; <c>default</c> for not at all.</summary>
    public string RotaryRule
    {
        get
        {
            foreach (string section in (ReadOnlySpan<string>)["rope_scaling", "rope_parameters"])
            {
                if (_root.TryGetProperty(section, out JsonElement rope) && rope.ValueKind == JsonValueKind.Object)
                {
                    return rope.TryGetProperty("rope_type", out JsonElement rule) || rope.TryGetProperty("type", out rule)
                        ? rule.ToString()
                        : section == "rope_scaling" ? "unnamed" : "default";
                }
            }

            return "default";
        }
    }

    /// <summary>Refuses a value that is not a whole multiple of another.</summary>
    /// <param name="key">Where the value comes from.</param>
    /// <param name="value">The value.</param>
    /// <param name="part">What it has to be a multiple of.</param>
    /// <param name="partKey">Where that comes from.</param>
    public void CheckMultiple(string key, int value, int part, string partKey)
    {
        if (value < part || value % part != 0)
        {
            Refuse(key, $"{value} is not a multiple of {part} ({partKey})", "");
        }
    }

    /// <summary>Refuses a value, or a combination.</summary>
    public void Refuse(string key, string what, string mend) => _findings.Error($"{_where}, {key}", what, mend);

    /// <summary>Values that newer versions keep under <c>rope_parameters</c>.</summary>
    private JsonElement? Value(string key)
    {
        if (_root.TryGetProperty(key, out JsonElement value) && value.ValueKind != JsonValueKind.Null)
        {
            return value;
        }

        return _root.TryGetProperty("rope_parameters", out JsonElement rope) && rope.ValueKind == JsonValueKind.Object &&
            rope.TryGetProperty(key, out value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    private int? Whole(ReadOnlySpan<string> keys, int least, int most, int? otherwise)
    {
        foreach (string key in keys)
        {
            if (Value(key) is { } value)
            {
                if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) && number >= least && number <= most)
                {
                    return number;
                }

                Refuse(key, $"{value.GetRawText()} is not a whole number from {least} to {most}", "");
                return otherwise;
            }
        }

        if (otherwise is null)
        {
            Refuse(keys[0], "it is missing", $"A whole number from {least} on is expected.");
        }

        return otherwise;
    }

    private T[]? List<T>(string key, Func<JsonElement, T?> read, string what)
    {
        if (Value(key) is not { } value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Array)
        {
            T?[] entries = [.. value.EnumerateArray().Select(read)];
            if (entries.All(entry => entry is not null))
            {
                return entries!;
            }
        }

        Refuse(key, $"it is not a list of {what}", "");
        return null;
    }

    /// <summary>Numbers, and the texts by which Python writes infinity.</summary>
    private static double? AsNumber(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.GetDouble(),
        JsonValueKind.String when value.GetString() is "inf" or "Infinity" => double.PositiveInfinity,
        _ => null,
    };
}
