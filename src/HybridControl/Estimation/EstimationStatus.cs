namespace HybridControl.Estimation;

/// <summary>How a prediction or an update ended. The belief is always a good one: what fails leaves it as it was.</summary>
public enum EstimationStatus
{
    /// <summary>Done.</summary>
    Done,

    /// <summary>Every component of the measurement is missing (NaN); nothing was learned.</summary>
    Missing,

    /// <summary>The innovation is beyond the gate; the measurement was not used.</summary>
    Gated,

    /// <summary>A component of the measurement is infinite; it was not used.</summary>
    InfiniteMeasurement,

    /// <summary>A measurement without noise contradicts what is known exactly; it was not used.</summary>
    Contradiction,

    /// <summary>The time is before the present of the estimator (or before the start of its buffer), or no finite number.</summary>
    OutOfOrder,

    /// <summary>The model gave NaN or infinity at the belief; the last good belief was kept.</summary>
    NotFinite,

    /// <summary>A matrix that should be positive semidefinite is not; the last good belief was kept.</summary>
    Indefinite,

    /// <summary>The flow could not be integrated over the interval; the last good belief was kept.</summary>
    FlowFailed,

    /// <summary>No particle is compatible with the measurement: every weight would be zero. The last good belief was kept.</summary>
    Degenerate,

    /// <summary>The H-infinity filter of the wanted gain does not exist at this step; the last good belief was kept.</summary>
    GainUnattainable,
}
