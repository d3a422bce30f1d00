using System.Globalization;

namespace HybridControl.Neural.HuggingFace;

/// <summary>Numbers of the layers that differ from the others, as some configurations list them.</summary>
internal static class LayerNumbers
{
    /// <summary>Reads the numbers; null if the list is left out.</summary>
    /// <param name="config">The configuration; keeps the findings.</param>
    /// <param name="key">Where the numbers are.</param>
    /// <param name="layers">How many layers there are.</param>
    public static IReadOnlySet<int>? Read(ModelConfig config, string key, int layers)
    {
        if (config.Numbers(key) is not { } listed)
        {
            return null;
        }

        var numbers = new HashSet<int>();
        foreach (double number in listed)
        {
            if (number >= 0 && number < layers && double.IsInteger(number))
            {
                numbers.Add((int)number);
            }
            else
            {
                config.Refuse(key, string.Create(CultureInfo.InvariantCulture, $"{number} is not a layer"), $"Layers are 0 to {layers - 1}.");
            }
        }

        return numbers;
    }
}
