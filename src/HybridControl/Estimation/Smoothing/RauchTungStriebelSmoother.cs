namespace HybridControl.Estimation;

/// <summary>The fixed-interval smoother: what is believed of every past state, given all measurements up to the end.</summary>
/// <remarks>
/// <para>
/// Goes back through the predictions of a filter with m_k|T = m_k + G (m_(k+1)|T - m^-) and the factor of
/// [G L_(k+1)|T, Lc], which is P_k|T = G P_(k+1)|T G' + Lc Lc': a sum of squares, where the usual P_k + G (P_(k+1)|T - P^-) G'
/// is a difference. For a linear model that is the answer of least squares over all times at once.
/// </para>
/// <para>
/// After a Kalman filter it is the smoother of Rauch, Tung and Striebel, after an extended filter its extension, and after an unscented or
/// cubature filter the unscented smoother, since gain and rest then come from the filter's own weighted points. After filters that take
/// them, unknown directions of the start and sensors that feel the process noise are smoothed exactly; what no measurement has told of a
/// past state stays unknown in its belief.
/// About 4 n^3 multiplications a step. H. E. Rauch, F. Tung and C. T. Striebel, AIAA J. 3 (1965), 1445-1450; S. Sarkka, IEEE Trans. Autom.
/// Control 53 (2008), 845-849; in factor form: Bayesian Filtering and Smoothing (2013), chapters 8 to 10, and our own arrangement.
/// </para>
/// </remarks>
public static class RauchTungStriebelSmoother
{
    /// <summary>Smooths what was recorded, together with the filter's present belief.</summary>
    /// <param name="record">The predictions of a filter.</param>
    /// <returns>One belief for the start of each prediction, and the filter's belief at the end; in the order of time.</returns>
    public static IReadOnlyList<TimedBelief> Smooth(ForwardRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        GaussianFilter filter = record.Filter;
        int n = filter.StateCount;
        var smoothed = new TimedBelief[record.Count + 1];
        smoothed[^1] = new TimedBelief(filter.Time, filter.Belief.Copy());
        var back = new BackwardStep(record);
        for (int k = record.Count - 1; k >= 0; k--)
        {
            var belief = new GaussianBelief(n);
            back.Apply(k, smoothed[k + 1].Belief, belief);
            smoothed[k] = new TimedBelief(record[k].From, belief);
        }

        return smoothed;
    }
}
