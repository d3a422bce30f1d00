namespace HybridControl.Cli.Ensembles;

/// <summary>Where the result of an ensemble goes.</summary>
/// <param name="Out">A table of trajectories, or a summary.</param>
/// <param name="Summary">A summary.</param>
/// <param name="Plot">A plot.</param>
/// <param name="PlotOf">What is plotted; null for what suits the plan.</param>
/// <param name="Alternative">The alternative that is plotted; null for the first.</param>
/// <param name="Grid">Whether recorded values over time are saved.</param>
/// <param name="Events">Whether events are saved.</param>
/// <param name="Quiet">Whether to print errors only.</param>
internal sealed record OutputFiles(string? Out, string? Summary, string? Plot, string? PlotOf, string? Alternative, bool Grid, bool Events, bool Quiet)
{
    /// <summary>No files: the report only.</summary>
    public static OutputFiles None => new(null, null, null, null, null, Grid: false, Events: false, Quiet: false);

    /// <summary>The table of trajectories; null for none.</summary>
    public string? Table => Out is not null && !OutputFile.Has(Out, ".json") ? Out : null;

    /// <summary>The summaries.</summary>
    public IEnumerable<string> Summaries => new[] { Table is null ? Out : null, Summary }.OfType<string>();

    /// <summary>Whether anything is written.</summary>
    public bool Any => Out is not null || Summary is not null || Plot is not null;
}
