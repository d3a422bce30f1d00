namespace HybridControl.Estimation;

/// <summary>One way in which a run may have gone so far: a mode, the events that led to it, and what is then believed of the states.</summary>
/// <remarks>A live view: hypotheses change, merge and go with the estimator. Its belief is to be read where no guard cuts it off, see <see cref="Inside"/>.</remarks>
public sealed class ModeHypothesis
{
    internal ModeHypothesis(int states, int data, int surfaces)
    {
        State = GaussianBelief.WithRoom(states);
        Data = new double[data];
        Bounds = new double[surfaces];
        Scores = new double[surfaces];
        Slopes = new double[surfaces];
        Leaves = new int[surfaces];
        Directions = new double[surfaces * states];
        IsLatched = new bool[surfaces];
        IsSettled = new bool[surfaces];
    }

    /// <summary>Number of the mode, in the order of the model.</summary>
    public int Mode { get; internal set; }

    /// <summary>Its probability.</summary>
    public double Probability { get; internal set; }

    /// <summary>Events on the way, from the start.</summary>
    public int EventCount { get; internal set; }

    /// <summary>The belief. Where <see cref="Inside"/> is less than one, only the part of it counts that has not yet reached a guard.</summary>
    public GaussianBelief State { get; }

    /// <summary>How much of the belief has not yet reached a guard.</summary>
    public double Inside
    {
        get
        {
            double inside = 1.0;
            for (int k = 0; k < SurfaceCount; k++)
            {
                inside *= IsLatched[k] ? 1.0 : Numerics.NormalTail.Above(Bounds[k]).Probability;
            }

            return inside;
        }
    }

    /// <summary>Parameters, discrete variables, inputs.</summary>
    internal double[] Data { get; }

    /// <summary>What distinguishes its sequence of events from others.</summary>
    internal ulong History { get; set; }

    /// <summary>When its mode was entered, as far as that keeps hypotheses apart: zero unless it was by chance and clocks wait since.</summary>
    internal long Cohort { get; set; }

    /// <summary>Seconds in its mode in which it may have changed by chance, but which no weight accounts for yet.</summary>
    internal double Exposure { get; set; }

    /// <summary>The time of its belief: that of the estimator, but within a substep.</summary>
    internal double Time { get; set; }

    /// <summary>How many events it has had in this substep.</summary>
    internal int Depth { get; set; }

    /// <summary>Logarithm of its weight before normalisation.</summary>
    internal double LogWeight { get; set; }

    /// <summary>The number of guards that are watched in its mode.</summary>
    internal int SurfaceCount { get; set; }

    /// <summary>For each guard: the part of the belief beyond this many standard deviations in its direction has fired and does not count.</summary>
    internal double[] Bounds { get; }

    /// <summary>For each guard: margin over spread at the present time.</summary>
    internal double[] Scores { get; }

    /// <summary>For each guard: rate of the score.</summary>
    internal double[] Slopes { get; }

    /// <summary>For each guard: which of its comparisons was in force at the last look.</summary>
    internal int[] Leaves { get; }

    /// <summary>For each guard a row: covariance of the states with its margin at the last look, in deviations of the margin.</summary>
    internal double[] Directions { get; }

    /// <summary>For each guard: whether the belief has just come from it, and must leave it before it can fire.</summary>
    internal bool[] IsLatched { get; }

    /// <summary>For each guard: whether the belief was cut off there and recedes.</summary>
    internal bool[] IsSettled { get; }

    /// <summary>Takes over everything from another hypothesis.</summary>
    internal void CopyFrom(ModeHypothesis other)
    {
        (Mode, Probability, EventCount, History) = (other.Mode, other.Probability, other.EventCount, other.History);
        (LogWeight, SurfaceCount, Cohort, Exposure) = (other.LogWeight, other.SurfaceCount, other.Cohort, other.Exposure);
        (Time, Depth) = (other.Time, other.Depth);
        State.CopyFrom(other.State);
        other.Data.CopyTo(Data, 0);
        other.Bounds.CopyTo(Bounds, 0);
        other.Scores.CopyTo(Scores, 0);
        other.Slopes.CopyTo(Slopes, 0);
        other.Leaves.CopyTo(Leaves, 0);
        other.Directions.CopyTo(Directions, 0);
        other.IsLatched.CopyTo(IsLatched, 0);
        other.IsSettled.CopyTo(IsSettled, 0);
    }
}
