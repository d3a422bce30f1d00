namespace HybridControl.Estimation;

/// <summary>A time in the window: what was measured there, and the inputs of the step that starts there.</summary>
internal sealed class HorizonStage
{
    private readonly List<HorizonReading> _readings = [];

    /// <summary>Makes room for inputs.</summary>
    public HorizonStage(int inputs) => Input = new double[inputs];

    /// <summary>Time in seconds.</summary>
    public double Time { get; set; }

    /// <summary>The inputs until the next stage.</summary>
    public double[] Input { get; }

    /// <summary>The number of measurements.</summary>
    public int Count { get; private set; }

    /// <summary>Whether all its sensors are linear.</summary>
    public bool IsLinear
    {
        get
        {
            bool isLinear = true;
            for (int i = 0; i < Count; i++)
            {
                isLinear &= _readings[i].Sensor.IsLinear;
            }

            return isLinear;
        }
    }

    /// <summary>A measurement.</summary>
    public HorizonReading this[int index] => _readings[index];

    /// <summary>Room for one more measurement.</summary>
    public HorizonReading Add()
    {
        if (Count == _readings.Count)
        {
            _readings.Add(new HorizonReading());
        }

        return _readings[Count++];
    }

    /// <summary>Takes the last measurement back.</summary>
    public void RemoveLast() => Count--;

    /// <summary>Begins anew.</summary>
    public void Clear(double time) => (Time, Count) = (time, 0);

    /// <summary>Takes over another stage of as many inputs.</summary>
    public void CopyFrom(HorizonStage other)
    {
        Clear(other.Time);
        other.Input.CopyTo(Input, 0);
        for (int i = 0; i < other.Count; i++)
        {
            Add().CopyFrom(other[i]);
        }
    }
}
