namespace HybridControl.Estimation;

/// <summary>Which step's process noise a measurement at time t_k shares.</summary>
public enum CorrelatedStep
{
    /// <summary>The step that starts at t_k: E[w_k v_k'] = S with x_(k+1) = f(x_k) + w_k, z_k = h(x_k) + v_k. A force that is held from t_k on and felt at once.</summary>
    Starting,

    /// <summary>The step that ends at t_k: E[w_(k-1) v_k'] = S. A force that has acted up to t_k and is felt there.</summary>
    Ending,
}
