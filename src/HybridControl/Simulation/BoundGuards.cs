using System.Runtime.InteropServices;

namespace HybridControl.Simulation;

/// <summary>A guard set as one search knows it: its affine forms for the data that were bound last, and what was counted.</summary>
/// <remarks>Runs go back and forth between modes whose data rest: the forms are evaluated again only when data have changed.</remarks>
internal sealed class BoundGuards(GuardSet set, int forms, int terms, int dataCount)
{
    private readonly double[] _data = new double[dataCount];
    private readonly int[] _firstForm = new int[set.Count + 1];
    private readonly int[] _firstTerm = new int[forms + 1];
    private readonly AffineTerm[] _terms = new AffineTerm[terms];
    private bool _bound;

    public GuardSet Set => set;

    public GuardStatistics[] Statistics { get; } = new GuardStatistics[set.Count];

    /// <summary>Whether there are more affine forms than states for them.</summary>
    public bool SharesStates { get; } = forms > set.States.Length;

    /// <summary>The data last bound.</summary>
    public double[] Data => _data;

    /// <summary>Where the forms of each guard begin; one more for the end.</summary>
    public int[] FirstForm => _firstForm;

    /// <summary>Where the terms of each form begin; one more for the end.</summary>
    public int[] FirstTerm => _firstTerm;

    /// <summary>The terms of all forms.</summary>
    public AffineTerm[] Terms => _terms;

    /// <summary>Whether the forms must be evaluated for these data; takes the data.</summary>
    public bool Takes(ReadOnlySpan<double> data)
    {
        if (_bound && MemoryMarshal.AsBytes(data).SequenceEqual(MemoryMarshal.AsBytes(_data.AsSpan())))
        {
            return false;
        }

        _bound = true;
        data.CopyTo(_data);
        return true;
    }

    /// <summary>Forgets the data and what was counted.</summary>
    public void Renew()
    {
        _bound = false;
        Array.Clear(_data);
        Array.Clear(Statistics);
    }

    /// <summary>One term of an affine form: a coefficient, the rounding that it brings along, and the size of both.</summary>
    internal readonly record struct AffineTerm(int State, double Coefficient, double Size, double Weight);
}
