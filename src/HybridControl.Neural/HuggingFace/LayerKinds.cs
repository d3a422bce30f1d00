namespace HybridControl.Neural.HuggingFace;

/// <summary>Which kind each layer of a hybrid stack is: from a list in the configuration, or by a rule.</summary>
internal static class LayerKinds
{
    public const string Mamba = "mamba";
    public const string Attention = "attention";

    /// <summary>Reads the kinds.</summary>
    /// <param name="config">The configuration; keeps the findings.</param>
    /// <param name="layers">How many layers there are.</param>
    /// <param name="keys">Spellings of the key of the list.</param>
    /// <param name="otherwise">The rule, where there is no list.</param>
    /// <param name="known">The kinds that there are; the first stands for whatever is refused.</param>
    public static IReadOnlyList<string> Read(
        ModelConfig config, int layers, ReadOnlySpan<string> keys, Func<int, string> otherwise, params string[] known)
    {
        foreach (string key in keys)
        {
            if (config.Texts(key) is not { } listed)
            {
                continue;
            }

            if (listed.Count != layers)
            {
                config.Refuse(key, $"it lists {listed.Count} layers; there are {layers}", "List every layer.");
            }

            foreach (string kind in listed.Distinct().Where(kind => !known.Contains(kind)))
            {
                config.Refuse(key, $"unknown kind of layer '{kind}'", $"Known are {string.Join(", ", known)}.");
            }

            return [.. Enumerable.Range(0, layers).Select(i => i < listed.Count && known.Contains(listed[i]) ? listed[i] : known[0])];
        }

        return [.. Enumerable.Range(0, layers).Select(otherwise)];
    }
}
