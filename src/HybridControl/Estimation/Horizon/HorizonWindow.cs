namespace HybridControl.Estimation;

/// <summary>The stages of a window, the oldest first; stages that leave are used again.</summary>
internal sealed class HorizonWindow(int inputs)
{
    private readonly List<HorizonStage> _stages = [];
    private readonly Stack<HorizonStage> _spares = new();

    /// <summary>The stages.</summary>
    public List<HorizonStage> Stages => _stages;

    /// <summary>The last stage.</summary>
    public HorizonStage Last => _stages[^1];

    /// <summary>Adds a stage at a time, without measurements.</summary>
    public void Add(double time)
    {
        HorizonStage stage = _spares.Count > 0 ? _spares.Pop() : new HorizonStage(inputs);
        stage.Clear(time);
        _stages.Add(stage);
    }

    /// <summary>Lets a stage go.</summary>
    public void RemoveAt(int index)
    {
        _spares.Push(_stages[index]);
        _stages.RemoveAt(index);
    }

    /// <summary>Takes over the stages of another window.</summary>
    public void CopyFrom(HorizonWindow other)
    {
        while (_stages.Count > other._stages.Count)
        {
            RemoveAt(_stages.Count - 1);
        }

        for (int i = 0; i < other._stages.Count; i++)
        {
            if (i == _stages.Count)
            {
                Add(0.0);
            }

            _stages[i].CopyFrom(other._stages[i]);
        }
    }
}
