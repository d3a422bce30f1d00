namespace HybridControl.Estimation;

/// <summary>
/// What is known of the q sources of process noise beside the state: x = m + L e1, omega = c + C e1 + D e2 with e1, e2 white.
/// </summary>
/// <remarks>Belongs to a <see cref="GaussianBelief"/> and moves with it.</remarks>
internal sealed class NoiseMemory
{
    private readonly double[] _mean;
    private readonly double[] _cross;
    private readonly double[] _own;

    /// <summary>Makes room beside n states for q sources.</summary>
    public NoiseMemory(int n, int q)
    {
        _mean = new double[q];
        _cross = new double[q * n];
        _own = new double[q * q];
    }

    /// <summary>The number q of sources.</summary>
    public int Count => _mean.Length;

    /// <summary>Whether anything is remembered; else the sources are white and independent of the state.</summary>
    public bool IsActive { get; private set; }

    /// <summary>The mean c, q numbers.</summary>
    public Span<double> Mean => _mean;

    /// <summary>C, q by n.</summary>
    public Span<double> Cross => _cross;

    /// <summary>D, q by q, lower triangular.</summary>
    public Span<double> Own => _own;

    /// <summary>The numbers that were written count from now on.</summary>
    public void Remember() => IsActive = true;

    /// <summary>The sources are white and independent again.</summary>
    public void Forget() => IsActive = false;

    /// <summary>Takes over the numbers of another memory of the same sizes.</summary>
    public void CopyFrom(NoiseMemory other)
    {
        other._mean.CopyTo(_mean, 0);
        other._cross.CopyTo(_cross, 0);
        other._own.CopyTo(_own, 0);
        IsActive = other.IsActive;
    }
}
