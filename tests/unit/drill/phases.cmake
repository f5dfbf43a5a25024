foreach(module cold_start dropped_advice keep_alive moved report_reading slow_look slow_verdict storm_verdict story)
  faas_drill_unit(${module} faas_drill_phases)
endforeach()
