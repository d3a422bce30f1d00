using System.Globalization;
using HybridControl.Diagnostics;

namespace HybridControl.Neural.Stacks;

/// <summary>Notes what cannot be in a description, before anything is made of it.</summary>
/// <param name="Place">The part that is checked.</param>
/// <param name="Width">Numbers of a token there.</param>
/// <param name="Findings">Takes what is wrong.</param>
internal sealed record DescriptionCheck(string Place, int Width, FindingList Findings)
{
    /// <summary>No size may be larger, so that products of few of them do not overflow.</summary>
    public const int Largest = 1 << 24;

    /// <summary>Layers, experts, branches and the like may not be more.</summary>
    public const int Most = 1 << 14;

    /// <summary>A part of this part.</summary>
    public DescriptionCheck Below(string name) => this with { Place = Place.Length == 0 ? name : $"{Place}.{name}" };

    /// <summary>A number of things.</summary>
    public void Size(string name, long value, int least = 1, int most = Largest)
    {
        if (value < least || value > most)
        {
            Refuse(name, string.Create(CultureInfo.InvariantCulture, $"{value} is not between {least} and {most}"), "");
        }
    }

    /// <summary>A finite number.</summary>
    public void Number(string name, double value, double least = double.NegativeInfinity)
    {
        if (!double.IsFinite(value) || value < least)
        {
            Refuse(
                name,
                string.Create(CultureInfo.InvariantCulture, $"{value} is not a finite number") + (double.IsFinite(least) ? string.Create(CultureInfo.InvariantCulture, $" from {least} on") : ""),
                "");
        }
    }

    /// <summary>A number that another divides.</summary>
    public void Multiple(string name, int value, string ofName, int of)
    {
        if (of > 0 && value % of != 0)
        {
            Refuse(name, string.Create(CultureInfo.InvariantCulture, $"{value} is not a multiple of {ofName}, {of}"), "");
        }
    }

    /// <summary>A value of an enumeration.</summary>
    public void Known<T>(string name, T value)
        where T : struct, Enum
    {
        if (!Enum.IsDefined(value))
        {
            Refuse(name, $"{value} is unknown", $"Known are {string.Join(", ", Enum.GetNames<T>())}.");
        }
    }

    /// <summary>Something else.</summary>
    public void Refuse(string name, string what, string mend) => Findings.Error(Place.Length == 0 ? name : $"{Place}.{name}", what, mend);
}
