using System.Numerics;

namespace HybridControl.Neural.Identification;

/// <summary>Derivatives of a loss by the parts of a <see cref="ModalSystem"/> and by the state before the first row of a run.</summary>
internal sealed class ModalGradient(int modes, int inputs, int outputs)
{
    public Complex[] Exponents { get; } = new Complex[modes];

    public Complex[] B { get; } = new Complex[modes * inputs];

    public Complex[] C { get; } = new Complex[outputs * modes];

    public double[] D { get; } = new double[outputs * inputs];

    public double[] Offset { get; } = new double[outputs];

    public Complex[] K { get; } = new Complex[modes * outputs];

    /// <summary>By the initial state of the run at hand.</summary>
    public Complex[] Initial { get; } = new Complex[modes];
}
