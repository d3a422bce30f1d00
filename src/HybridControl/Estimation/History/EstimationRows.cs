namespace HybridControl.Estimation;

/// <summary>The numbers of a history, by column.</summary>
internal sealed record EstimationRows
{
    public EstimationRows(EstimationLayout layout, int rows)
    {
        (int n, int m) = (layout.States.Length, layout.Measurements.Length);
        Times = new(1, rows);
        Means = new(n, rows);
        Deviations = new(n, rows);
        Factors = new(layout.KeepFactors ? n * n : 0, rows);
        Measured = new(m, rows);
        Innovations = new(m, rows);
        InnovationDeviations = new(m, rows);
        InnovationFactors = new(m * m, rows);
        Nis = new(1, rows);
        Degrees = new(1, rows);
        LogLikelihoods = new(1, rows);
        Statuses = new(1, rows);
        ModeProbabilities = new(layout.Modes.Length, rows);
    }

    public int Count => Times.Count;

    public EstimationColumn Times { get; private init; }

    public EstimationColumn Means { get; private init; }

    public EstimationColumn Deviations { get; private init; }

    public EstimationColumn Factors { get; private init; }

    public EstimationColumn Measured { get; private init; }

    public EstimationColumn Innovations { get; private init; }

    public EstimationColumn InnovationDeviations { get; private init; }

    public EstimationColumn InnovationFactors { get; private init; }

    public EstimationColumn Nis { get; private init; }

    public EstimationColumn Degrees { get; private init; }

    public EstimationColumn LogLikelihoods { get; private init; }

    public EstimationColumn Statuses { get; private init; }

    public EstimationColumn ModeProbabilities { get; private init; }

    /// <summary>A copy of some rows.</summary>
    public EstimationRows Slice(int first, int count) => this with
    {
        Times = Times.Slice(first, count),
        Means = Means.Slice(first, count),
        Deviations = Deviations.Slice(first, count),
        Factors = Factors.Slice(first, count),
        Measured = Measured.Slice(first, count),
        Innovations = Innovations.Slice(first, count),
        InnovationDeviations = InnovationDeviations.Slice(first, count),
        InnovationFactors = InnovationFactors.Slice(first, count),
        Nis = Nis.Slice(first, count),
        Degrees = Degrees.Slice(first, count),
        LogLikelihoods = LogLikelihoods.Slice(first, count),
        Statuses = Statuses.Slice(first, count),
        ModeProbabilities = ModeProbabilities.Slice(first, count),
    };
}
