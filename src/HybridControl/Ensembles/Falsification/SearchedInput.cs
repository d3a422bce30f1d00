namespace HybridControl.Ensembles.Falsification;

/// <summary>An input whose course is searched: values at equal distances over the run, held or joined by straight lines.</summary>
/// <param name="Name">Name of the input.</param>
/// <param name="Low">Its least value.</param>
/// <param name="High">Its greatest value.</param>
/// <param name="Points">The number of values: of held ones each lasts as long, of joined ones the first is at the start and the last at the end.</param>
/// <param name="Linear">Whether they are joined by straight lines. The model is then compiled anew for each run, which takes milliseconds.</param>
public sealed record SearchedInput(string Name, double Low, double High, int Points, bool Linear = false) : SearchedQuantity(Name, Low, High)
{
    /// <inheritdoc/>
    public override int Dimensions => Points;
}
