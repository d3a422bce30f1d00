namespace HybridControl.Numerics;

/// <summary>Some rows and the columns of the same numbers of a sparse matrix, as a matrix of its own.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
internal sealed class BlockEntries
{
    private readonly int[] _sources;
    private readonly int[] _places;

    /// <summary>Describes a block.</summary>
    /// <param name="whole">Pattern of the whole matrix.</param>
    /// <param name="numbers">The rows and columns, ascending.</param>
    public BlockEntries(SparsityPattern whole, int[] numbers)
    {
        int[] inside = new int[whole.Size];
        Array.Fill(inside, -1);
        for (int k = 0; k < numbers.Length; k++)
        {
            inside[numbers[k]] = k;
        }

        (int Row, int Column)[] entries = [.. whole.Entries().Where(entry => inside[entry.Row] >= 0 && inside[entry.Column] >= 0)];
        Pattern = SparsityPattern.Of(numbers.Length, entries.Select(entry => (inside[entry.Row], inside[entry.Column])));
        _sources = [.. entries.Select(entry => whole.IndexOf(entry.Row, entry.Column))];
        _places = [.. entries.Select(entry => Pattern.IndexOf(inside[entry.Row], inside[entry.Column]))];
    }

    /// <summary>Pattern of the block.</summary>
    public SparsityPattern Pattern { get; }

    /// <summary>Copies the values of the block out of those of the whole, times a factor.</summary>
    public void Take(ReadOnlySpan<double> whole, double factor, Span<double> block)
    {
        for (int k = 0; k < _sources.Length; k++)
        {
            block[_places[k]] = factor * whole[_sources[k]];
        }
    }
}
