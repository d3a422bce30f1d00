using HybridControl.Ensembles;

namespace HybridControl.Plotting.Tests;

/// <summary>One trajectory of a block, to be filled.</summary>
internal readonly record struct SampleRow(EnsembleBlock Block, int Place)
{
    public EnsembleLayout Layout => Block.Layout;

    public long Trajectory => Block.First + Place;

    public int Alternative => (int)(Trajectory % Math.Max(1, Layout.Alternatives.Length));

    public void Scalar(string name, double value) => Block.Scalars[(Layout.Scalars.IndexOf(name) * Block.Count) + Place] = value;

    public void Event(int slot, double time, int transition)
    {
        if (slot < Layout.EventSlots)
        {
            Block.EventTimes[(slot * Block.Count) + Place] = time;
            Block.EventTransitions[(slot * Block.Count) + Place] = transition;
        }
    }

    public void Grid(double time, params ReadOnlySpan<double> values)
    {
        int k = Layout.GridTimes.IndexOf(time);
        for (int v = 0; v < values.Length; v++)
        {
            Block.Grid[(((k * Layout.Grid.Length) + v) * Block.Count) + Place] = values[v];
        }
    }
}
