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

    /// <summary>The measurement is so far from what was expected that its likelihood is no number any more; it was not used.</summary>
    OutOfRange,

    /// <summary>
    /// The noise of the sensor is of a kind that this estimator cannot take: a component without any for an information filter or a
    /// moving horizon, correlated components for a localised square root. The measurement was not used; give the sensor another noise, or
    /// use <see cref="KalmanFilter"/>.
    /// </summary>
    UnsuitableNoise,

    /// <summary>A matrix that should be positive semidefinite is not; the last good belief was kept.</summary>
    Indefinite,

    /// <summary>The flow could not be integrated over the interval; the last good belief was kept.</summary>
    FlowFailed,

    /// <summary>
    /// The solver is too coarse for the flow: the covariance of the process noise came out with a negative direction. The last good belief
    /// was kept; give the solver a finer step or tolerance.
    /// </summary>
    SolverTooCoarse,

    /// <summary>
    /// Events come faster than they can be followed: they accumulate, as those of a ball that comes to rest, or have no end at one instant, or there
    /// is no room for the hypotheses that they make, for more than a twentieth of the belief. The last good belief was kept. Give the model a
    /// mode for what comes after them (rest), make resets disable the guards that fired, predict in shorter steps, or allow more hypotheses.
    /// </summary>
    Zeno,

    /// <summary>The step cannot be undone (F is singular), which an information filter needs; the last good belief was kept. Use <see cref="KalmanFilter"/>.</summary>
    NotInvertible,

    /// <summary>The time of a late measurement is inside a step in discrete time, which cannot be divided; the measurement was not used.</summary>
    InsideStep,

    /// <summary>No particle is compatible with the measurement: every weight would be zero. The last good belief was kept.</summary>
    Degenerate,

    /// <summary>The H-infinity filter of the wanted gain does not exist at this step; the last good belief was kept.</summary>
    GainUnattainable,
}
