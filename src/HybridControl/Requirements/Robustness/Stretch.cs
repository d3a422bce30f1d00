namespace HybridControl.Requirements.Robustness;

/// <summary>A point or an open interval of a trace, and the curve that decides there.</summary>
/// <param name="Start">Its start in seconds.</param>
/// <param name="End">Its end; equal to the start for a point.</param>
/// <param name="Piece">The piece of the trace in which it lies.</param>
/// <param name="Curve">The curve.</param>
internal readonly record struct Stretch(double Start, double End, int Piece, Curve Curve)
{
    public bool IsPoint => Start == End;
}
