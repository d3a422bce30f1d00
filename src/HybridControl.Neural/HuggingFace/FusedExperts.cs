namespace HybridControl.Neural.HuggingFace;

/// <summary>Gated experts of a mixture that stand in two tensors, one behind the other.</summary>
/// <param name="Input">Experts x 2 hidden x width: gates, then the rest.</param>
/// <param name="Output">Experts x width x hidden.</param>
/// <param name="Width">Numbers of a token.</param>
/// <param name="Hidden">Numbers between the maps of an expert.</param>
internal sealed record FusedExperts(string Input, string Output, int Width, int Hidden)
{
    public TensorRule Gate(int expert) => new(Input) { Columns = Width, FirstRow = 2 * expert * Hidden, RowCount = Hidden };

    public TensorRule Up(int expert) => new(Input) { Columns = Width, FirstRow = ((2 * expert) + 1) * Hidden, RowCount = Hidden };

    public TensorRule Down(int expert) => new(Output) { Columns = Hidden, FirstRow = expert * Width, RowCount = Width };
}
