namespace HybridControl.Estimation;

/// <summary>What copies of a particle are jittered with after resampling.</summary>
public enum RegularizationKernel
{
    /// <summary>Copies are equal: right where the process noise tells them apart.</summary>
    None,

    /// <summary>A Gaussian kernel.</summary>
    Gaussian,

    /// <summary>Epanechnikov's kernel, of least mean square error.</summary>
    Epanechnikov,
}
