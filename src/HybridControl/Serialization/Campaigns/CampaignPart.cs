using System.Globalization;
using HybridControl.Diagnostics;

namespace HybridControl.Serialization.Campaigns;

/// <summary>The share of one of several workers: of n workers, number i computes the shards i, i + n, i + 2n, ...</summary>
/// <param name="Index">Number of the worker, from 0.</param>
/// <param name="Count">The number of workers.</param>
public readonly record struct CampaignPart(int Index, int Count)
{
    /// <summary>Everything.</summary>
    public static CampaignPart All => new(0, 1);

    /// <summary>Whether a shard is in the share.</summary>
    public bool Has(long shard) => shard % Count == Index;

    /// <summary>Reads <c>i/n</c>.</summary>
    /// <param name="text">Such as "3/8".</param>
    /// <param name="where">What messages call the place.</param>
    /// <exception cref="ModelException">It is no such share.</exception>
    public static CampaignPart Parse(string text, string where = "shard")
    {
        ArgumentNullException.ThrowIfNull(text);
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || !TryRead(text[..slash], out int index) || !TryRead(text[(slash + 1)..], out int count) || count < 1)
        {
            throw new ModelException(where, $"'{text}' is no share i/n", "Write for instance 0/4 for the first of four workers.");
        }

        return index < count
            ? new(index, count)
            : throw new ModelException(where, FormattableString.Invariant($"there is no worker {index} of {count}: they are counted from 0"),
                FormattableString.Invariant($"The last one is {count - 1}/{count}."));
    }

    /// <summary>The share as <see cref="Parse"/> reads it.</summary>
    public override string ToString() => FormattableString.Invariant($"{Index}/{Count}");

    private static bool TryRead(string text, out int value) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
